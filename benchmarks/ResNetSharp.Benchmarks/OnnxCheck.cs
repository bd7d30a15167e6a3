using System.Diagnostics;
using System.Runtime.InteropServices;
using ResNetSharp.Exchange;
using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Benchmarks;

/// <summary>
/// Compares what models compute here with what ONNX Runtime computes: from the files that they are exported to, and from files of others,
/// which are imported.
/// </summary>
static class OnnxCheck
{
    const int Batch = 2;

    /// <summary>The level of agreement, relative to the largest number of an output.</summary>
    const double Level = 1e-5;

    /// <summary>More blocks than random weights stand undamped: each nearly doubles the variance where nothing normalizes by the batch.</summary>
    const int ManyBlocks = 100;

    public static int Run(string modules, string[] names)
    {
        var work = Directory.CreateTempSubdirectory("resnetsharp-onnx-");
        var worst = 0.0;
        try
        {
            var files = names.Where(File.Exists).ToList();
            foreach (var file in files) worst = Math.Max(worst, CheckFile(file, modules, work.FullName));
            if (files.Count > 0) names = [.. names.Except(files), "\0"];
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
        var theirs = Difference(own, RunTheirs(modules, path, input, channelsFirst: input.Shape.Rank == 4, work));
        var back = Difference(own, Onnx.Import(path).Predict(input).ToArray());
        Console.WriteLine($"{architecture.Name,-28} {(fold ? "folded" : "plain "),-6} {new FileInfo(path).Length / 1e6,8:F1} MB   there {theirs:E1}   imported again {back:E1}");
        return Math.Max(theirs, back);
    }

    static double CheckFile(string path, string modules, string work)
    {
        var model = Onnx.Import(path);
        var input = Tensor.RandomNormal(new Shape([Batch, .. model.InputShape!.Value.Skip(1).Select(e => e == Shape.Unknown ? 224 : e)]), seed: 1);
        using var file = Formats.OnnxModel.Open(path);
        var channelsFirst = input.Shape.Rank == 4 && file.Graph.Inputs.Any(i => i.Dimensions is [_, { Extent: var channels }, _, _] && channels == input.Shape[3]);
        var difference = Difference(model.Predict(input).ToArray(), RunTheirs(modules, path, input, channelsFirst, work));
        Console.WriteLine($"{Path.GetFileName(path),-28} {model.ParameterCount,12:N0} parameters   {difference:E1}");
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
        Damp(model);
    }

    /// <summary>Lets what blocks add be small in a network of very many, so that numbers stay finite and every block still counts.</summary>
    static void Damp(Model model)
    {
        var ends = model.Parameters.Where(p => p.Name.EndsWith(".bn2.weight", StringComparison.Ordinal)).ToList();
        if (ends.Count <= ManyBlocks) return;
        foreach (var parameter in ends)
        {
            foreach (ref var value in parameter.Values) value *= 0.1f;
            parameter.MarkChanged();
        }
    }

    static float[] RunTheirs(string modules, string model, Tensor input, bool channelsFirst, string work)
    {
        var (from, to) = (Path.Combine(work, "input.f32"), Path.Combine(work, "output.f32"));
        int[] extents = channelsFirst ? [input.Shape[0], input.Shape[3], input.Shape[1], input.Shape[2]] : [.. input.Shape];
        File.WriteAllBytes(from, MemoryMarshal.AsBytes((channelsFirst ? input.ToChannelsFirst() : input.ToArray()).AsSpan()));
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
