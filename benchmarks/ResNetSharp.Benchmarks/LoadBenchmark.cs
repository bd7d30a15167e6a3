using System.Diagnostics;
using ResNetSharp.Cpu;
using ResNetSharp.Formats;
using ResNetSharp.Models;

namespace ResNetSharp.Benchmarks;

/// <summary>
/// How long weights take to load, ResNet-50's from each kind of file or those of a file that is given, against reading the same bytes in one go,
/// and how much memory that takes beyond the model's own. All files are in the system's cache; reading and loading take turns, and the least time of each counts.
/// </summary>
static class LoadBenchmark
{
    const int Repetitions = 9;

    public static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("resnetsharp-load-").FullName;
        try
        {
            var torch = Architectures.Create("resnet50");
            var keras = Architectures.Create("keras-resnet50");
            WriteHead();
            Written("resnet50", Path.Combine(folder, "resnet50.safetensors"), torch.Save);
            Written("resnet50", Path.Combine(folder, "resnet50.pth"), path => PyTorch.Write(path, Tensors(Path.Combine(folder, "resnet50.safetensors"))));
            Written("keras-resnet50", Path.Combine(folder, "keras.h5"), keras.SaveKeras);
            Written("keras-resnet50", Path.Combine(folder, "keras.weights.h5"), keras.SaveKeras);
            Written("keras-resnet50", Path.Combine(folder, "keras.keras"), keras.SaveKeras);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One file of anyone's; what does not fit the architecture, such as a classifier of other classes, is left out.</summary>
    public static void Run(string architecture, string path)
    {
        WriteHead();
        Measure(architecture, path, strict: false);
    }

    static void WriteHead()
    {
        Console.WriteLine($"{Processor.Threads} threads");
        Console.WriteLine("file                                      MB   read ms   load ms   ratio   memory beyond the model / file   tensors");
    }

    static IEnumerable<StoredTensor> Tensors(string path)
    {
        using var file = WeightFile.Open(path);
        return [.. file.Select(tensor => StoredTensor.Create(tensor.Name, tensor.Shape, tensor.ToFloats()))];
    }

    static void Written(string architecture, string path, Action<string> write)
    {
        write(path);
        Measure(architecture, path, strict: true);
    }

    static void Measure(string architecture, string path, bool strict)
    {
        var size = new FileInfo(path).Length;
        var (read, load) = (double.MaxValue, double.MaxValue);
        long memory = long.MaxValue;
        var loaded = 0;
        for (var i = 0; i < Repetitions; i++)
        {
            read = Math.Min(read, Time(() => GC.KeepAlive(File.ReadAllBytes(path))));
            var model = Architectures.Create(architecture);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            load = Math.Min(load, Time(() => loaded = model.LoadWeights(path, strict).Loaded));
            var own = model.Parameters.Where(parameter => parameter.IsDrawn).Sum(parameter => parameter.Shape.Size) * sizeof(float);
            memory = Math.Min(memory, GC.GetTotalAllocatedBytes(precise: true) - before - own);
        }
        Console.WriteLine($"{Path.GetFileName(path),-38} {size / 1e6,7:F1} {read * 1e3,9:F1} {load * 1e3,9:F1} {load / read,7:F2}   {memory / 1e6:F1} MB, {(double)memory / size:F3}   {loaded}");
    }

    static double Time(Action action)
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
