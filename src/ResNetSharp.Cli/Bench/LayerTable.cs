using System.Text.Json;
using ResNetSharp.Cpu;
using ResNetSharp.Planning;

namespace ResNetSharp.Cli.Bench;

/// <summary>Prints where the time of a step goes, layer by layer, against what the machine can do.</summary>
/// <param name="rows">What was measured, in order.</param>
/// <param name="peaks">The most that the machine does.</param>
sealed class LayerTable(IReadOnlyList<StepProfile> rows, Peaks peaks)
{
    readonly double total = rows.Sum(row => row.Seconds);

    /// <summary>Prints the table and its totals.</summary>
    /// <param name="print">Receives each line.</param>
    /// <param name="slowestFirst">Whether to sort by time instead of keeping the order of computation.</param>
    public void Print(Action<string> print, bool slowestFirst)
    {
        var widest = rows.Max(row => row.Layer.Length);
        print($"{"Layer".PadRight(widest)}  {"Operation",-30}  {"Output",-16}  {"ms",9} {"share",6}  {"GFLOP",7} {"GFLOP/s",8}  {"MB",7} {"GB/s",6}  {"of peak",7}  bound by");
        foreach (var row in slowestFirst ? rows.OrderByDescending(row => row.Seconds) : rows.AsEnumerable())
            print($"{row.Layer.PadRight(widest)}  {Named(row),-30}  {string.Join('x', row.Output),-16}  {Figures([row])}");
        print("");
        var groups = rows.GroupBy(Named).OrderByDescending(group => group.Sum(row => row.Seconds));
        foreach (var group in groups) print($"{$"{group.Count()} x".PadLeft(widest)}  {group.Key,-30}  {"",-16}  {Figures([.. group])}");
        print("");
        foreach (var phase in rows.GroupBy(row => row.Phase)) print($"{"".PadRight(widest)}  {phase.Key,-30}  {"",-16}  {Figures([.. phase])}");
        print($"{"".PadRight(widest)}  {"Total",-30}  {"",-16}  {Figures(rows)}");
    }

    /// <summary>Writes the same as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("threads", Processor.Threads);
        json.WriteNumber("peakGflops", Math.Round(peaks.Operations(ElementType.Float32) / 1e9, 1));
        json.WriteNumber("peakGigabytesPerSecond", Math.Round(peaks.Bytes / 1e9, 1));
        json.WriteNumber("seconds", total);
        json.WriteNumber("flops", rows.Sum(row => row.Cost.Flops));
        json.WriteNumber("bytes", rows.Sum(row => row.Cost.Bytes));
        json.WriteNumber("shareOfPeak", rows.Sum(row => Limit(row).Seconds) / total);
        json.WriteStartArray("layers");
        foreach (var row in rows) Write(json, row);
        json.WriteEndArray();
    }

    void Write(Utf8JsonWriter json, StepProfile row)
    {
        var (least, compute) = Limit(row);
        json.WriteStartObject();
        json.WriteString("layer", row.Layer);
        json.WriteString("operation", row.Operation);
        json.WriteString("algorithm", row.Algorithm);
        json.WriteString("phase", Lower(row.Phase));
        json.WriteStartArray("shape");
        foreach (var extent in row.Output) json.WriteNumberValue(extent);
        json.WriteEndArray();
        json.WriteNumber("seconds", row.Seconds);
        json.WriteNumber("flops", row.Cost.Flops);
        json.WriteNumber("bytes", row.Cost.Bytes);
        json.WriteFinite("gflops", row.Cost.Flops / row.Seconds / 1e9);
        json.WriteFinite("shareOfPeak", least / row.Seconds);
        json.WriteString("boundBy", compute ? "compute" : "memory");
        json.WriteEndObject();
    }

    string Figures(IReadOnlyList<StepProfile> of)
    {
        var seconds = of.Sum(row => row.Seconds);
        var (flops, bytes) = (of.Sum(row => row.Cost.Flops), of.Sum(row => row.Cost.Bytes));
        var limits = of.Select(Limit).ToList();
        var bound = limits.Where(limit => limit.Compute).Sum(limit => limit.Seconds) * 2 >= limits.Sum(limit => limit.Seconds) ? "compute" : "memory";
        return $"{seconds * 1e3,9:F3} {seconds / total,6:P1}  {flops / 1e9,7:F3} {flops / seconds / 1e9,8:F1}  {bytes / 1e6,7:F1} {bytes / seconds / 1e9,6:F1}  {limits.Sum(limit => limit.Seconds) / seconds,7:P0}  {bound}";
    }

    (double Seconds, bool Compute) Limit(StepProfile row) => row.Cost.Limit(peaks.Operations(row.Type), peaks.Bytes);

    static string Named(StepProfile row) => row.Algorithm.Length == 0 ? row.Operation : $"{row.Operation}, {row.Algorithm}";

    static string Lower(StepPhase phase) => phase switch
    {
        StepPhase.Forward => "forward",
        StepPhase.Backward => "backward",
        _ => "update",
    };
}
