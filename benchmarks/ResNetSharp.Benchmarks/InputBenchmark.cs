using System.Diagnostics;
using ResNetSharp.Data;

namespace ResNetSharp.Benchmarks;

/// <summary>
/// How many pictures a second the loader decodes, augments and normalizes from JPEG files on one and two threads: small ones as for CIFAR, and
/// photographs as for ImageNet.
/// </summary>
static class InputBenchmark
{
    const int BatchSize = 32;
    const double Seconds = 2;

    static readonly float[] Mean = [0.485f, 0.456f, 0.406f], Deviation = [0.229f, 0.224f, 0.225f];

    /// <summary>Measures a folder or archive of class folders with pictures.</summary>
    /// <param name="path">The folder or archive.</param>
    /// <param name="side">Height and width of the network's input; null for the pictures' own.</param>
    public static void Run(string path, int? side)
    {
        var pictures = ImageFolder.Load(path).Train;
        Dataset data = side is { } pixels ? pictures.Resize(pixels, pixels).Augment(new RandomResizedCrop(), new RandomHorizontalFlip()) : pictures.Augment(new RandomCrop(4), new RandomHorizontalFlip());
        data = data.Normalize(Mean, Deviation);
        foreach (var threads in new[] { 1, 2 })
        {
            // The reader's thread helps, so that it counts.
            using var loader = new Loader(data, BatchSize, shuffle: true, workers: threads - 1);
            Read(loader, Seconds / 4);
            Console.WriteLine($"{Path.GetFileName(path)}, {data.Count} pictures as {string.Join('x', data.ElementShape)}, {threads} thread(s): {Read(loader, Seconds):F0} images/s");
        }
    }

    static double Read(Loader loader, double seconds)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (var epoch = 0; watch.Elapsed.TotalSeconds < seconds; epoch++)
            foreach (var batch in loader.Epoch(epoch))
            {
                count += batch.Count;
                if (watch.Elapsed.TotalSeconds >= seconds) break;
            }
        return count / watch.Elapsed.TotalSeconds;
    }
}
