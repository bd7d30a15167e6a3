using System.Diagnostics;
using ResNetSharp.Fuzz;

const string Usage = """
    usage: ResNetSharp.Fuzz TARGET|all [--from N] [--count N] [--seconds S] [--data DIR] [--save DIR]
    Damages files and has each parser read them. A file may load or be refused with an InvalidDataException, within the target's allocation and
    2 s of processor time; anything else is a defect. Target and number alone decide a file: --from N --count 1 --save DIR repeats and keeps one.
    --data or RESNETSHARP_DATA names the folder of test data; without it only files of this library's own writers are damaged.
    """;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
if (args.Length == 0 || args[0].StartsWith('-'))
{
    Console.Error.WriteLine(Usage);
    return 2;
}
var data = Option("--data") ?? Environment.GetEnvironmentVariable("RESNETSHARP_DATA");
var first = long.Parse(Option("--from") ?? "0");
var count = long.Parse(Option("--count") ?? "10000");
var seconds = double.Parse(Option("--seconds") ?? "1e9");
var save = Option("--save");

using var targets = new FuzzTargets(data);
var chosen = targets.All.Where(target => args[0] == "all" || target.Name == args[0]).ToList();
if (chosen.Count == 0)
{
    Console.Error.WriteLine($"there is no target '{args[0]}'; there are all, {string.Join(", ", targets.All.Select(target => target.Name))}");
    return 2;
}

var defects = 0;
long total = 0;
foreach (var target in chosen)
{
    if (target.Corpus.Count == 0)
    {
        Console.WriteLine($"{target.Name}: no files to damage; name the test data by --data");
        continue;
    }
    var watch = Stopwatch.StartNew();
    var running = first;
    // A reader that never ends is named by whoever watches.
    using var watchdog = new Timer(_ => Console.Error.WriteLine($"{target.Name} reads number {Volatile.Read(ref running)}"), null, 60_000, 60_000);
    long number = first, refused = 0, before = defects;
    for (; number < first + count && watch.Elapsed.TotalSeconds < seconds; number++)
    {
        Volatile.Write(ref running, number);
        var file = FuzzCase.Make(target, number);
        if (save is not null) File.WriteAllBytes(Path.Combine(save, $"{target.Name}-{number}"), file);
        if (FuzzCase.IsRefused(target.Read, file, target.AllocationLimit, out var defect)) refused++;
        if (defect is null) continue;
        if (++defects - before <= 5) Console.WriteLine($"DEFECT {target.Name} --from {number} --count 1: {defect}");
    }
    total += number - first;
    Console.WriteLine($"{target.Name}: {number - first:N0} files from {first}, {refused:N0} refused, {defects - before} defects, {watch.Elapsed.TotalSeconds:F1} s; next --from {number}");
}
Console.WriteLine($"{total:N0} files, {defects} defects");
return defects == 0 ? 0 : 1;
