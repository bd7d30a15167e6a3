using System.Diagnostics;
using System.Runtime.InteropServices;
using ResNetSharp.Exchange;
using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Benchmarks;

/// <summary>Compares what models compute here with what ONNX Runtime computes from the files they are exported to.</summary>
static class OnnxCheck
{
    const int Batch = 2;

    /// <summary>The level of agreement, relative to the largest number of an output.</summary>
    const double Level = 1e-5;

    public static int Run(string modules, string[] names)
    {
        var work = Directory.CreateTempSubdirectory("resnetsharp-onnx-");
        var worst = 0.0;
        try
        {
            foreach (var architecture in Architectures.All.Where(a => names.Length == 0 || names.Any(a.Name.Contains)))
                foreach (var fold in new[] { false, true })
                    worst = Math.Max(worst, Check(architecture, fold, modules, work.FullName));
        }
        finally
        {
            work.Delete(recursive: true);
        }
        Console.WriteLine($"worst: {worst:E1} of the largest number; {Level:E1} is allowed");
        return worst <= Level ? 0 : 1;
    }

    static double Check(Models.Architecture architecture, bool fold, string modules, string work)
    {
        var model = architecture.Create();
        Randomize(model);
        var path = Path.Combine(work, "model.onnx");
        Onnx.Export(model, path, fold);
        var input = Tensor.RandomNormal(new Shape([Batch, .. architecture.InputShape]), seed: 1);
        var own = model.Predict(input).ToArray();
        var theirs = RunTheirs(modules, path, input, work);
        var difference = Difference(own, theirs);
        Console.WriteLine($"{architecture.Name,-28} {(fold ? "folded" : "plain "),-6} {new FileInfo(path).Length / 1e6,8:F1} MB   {difference:E1}");
        return difference;
    }

    /// <summary>
    /// Gives normalizations something to do. Classifiers get small weights, because a softmax makes absolute errors of logits relative ones.
    /// </summary>
    static void Randomize(Model model)
    {
        var random = new RandomSource(3);
        foreach (var parameter in model.Parameters)
        {
            if (parameter.Shape.Rank == 2 && parameter.Shape[1] == 1000) foreach (ref var value in parameter.Values) value *= 0.1f;
            if (parameter.Shape.Rank != 1) continue;
            var spread = parameter.LocalName is "running_var" or "weight" ? 0.1 : 0.05;
            foreach (ref var value in parameter.Values) value += (float)(spread * (random.NextSingle() - 0.5));
            parameter.MarkChanged();
        }
    }

    static float[] RunTheirs(string modules, string model, Tensor input, string work)
    {
        var (from, to) = (Path.Combine(work, "input.f32"), Path.Combine(work, "output.f32"));
        var isImage = input.Shape.Rank == 4;
        int[] extents = isImage ? [input.Shape[0], input.Shape[3], input.Shape[1], input.Shape[2]] : [.. input.Shape];
        File.WriteAllBytes(from, MemoryMarshal.AsBytes((isImage ? input.ToChannelsFirst() : input.ToArray()).AsSpan()));
        using var process = Process.Start("node", [Path.Combine(AppContext.BaseDirectory, "run_onnx.mjs"), modules, model, from, string.Join('x', extents), to]);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"ONNX Runtime does not run {model}");
        return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(to)).ToArray();
    }

    static double Difference(float[] own, float[] theirs)
    {
        if (own.Length != theirs.Length) throw new InvalidOperationException($"{own.Length} numbers here, {theirs.Length} there");
        double largest = 0, difference = 0;
        for (var i = 0; i < own.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(theirs[i]));
            difference = Math.Max(difference, Math.Abs((double)own[i] - theirs[i]));
        }
        return double.IsFinite(difference) ? difference / largest : double.PositiveInfinity;
    }
}
