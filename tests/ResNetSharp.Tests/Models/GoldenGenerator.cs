using System.Text;
using ResNetSharp.Layers;

namespace ResNetSharp.Tests.Models;

/// <summary>Weights and inputs that the reference programs and these tests draw from names by the same small integer generator.</summary>
static class GoldenGenerator
{
    public static ulong Hash(string name)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 0x100000001b3;
        return hash;
    }

    public static ulong Mix(ulong x)
    {
        var z = x + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>The input of a model, in PyTorch's order.</summary>
    public static Tensor Input(Shape channelsFirst)
    {
        var values = new float[channelsFirst.Size];
        var hash = Hash("input");
        for (var i = 0; i < values.Length; i++) values[i] = (float)Symmetric(hash, i);
        return Tensor.FromChannelsFirst(values, channelsFirst);
    }

    /// <summary>Fills all parameters.</summary>
    /// <param name="model">A model that has seen an input.</param>
    /// <param name="gain">The scale of the weights.</param>
    /// <param name="nameOf">The reference's name of a parameter.</param>
    /// <param name="torchLayout">Whether the reference counts elements in PyTorch's order, and not in Keras'.</param>
    public static void Fill(Model model, double gain, Func<string, string> nameOf, bool torchLayout) =>
        Parallel.ForEach(model.Parameters, parameter =>
        {
            var name = nameOf(parameter.Name);
            if (parameter.Shape.Rank > 1) FillWeights(parameter, Hash(name), gain, torchLayout);
            else FillVector(parameter, Hash(name));
            parameter.MarkChanged();
        });

    static void FillVector(Parameter parameter, ulong hash)
    {
        var values = parameter.Values;
        var isShift = parameter.LocalName is "bias" or "running_mean";
        for (var i = 0; i < values.Length; i++) values[i] = (float)(isShift ? Symmetric(hash, i) * 0.1 : 0.5 + Unit(hash, i));
    }

    static void FillWeights(Parameter parameter, ulong hash, double gain, bool torchLayout)
    {
        var values = parameter.Values;
        var shape = parameter.Shape;
        // The weights along channels, (1, 1, taps), are kept in PyTorch's own order.
        var (taps, inputs, outputs) = shape.Rank switch
        {
            4 => (shape[0] * shape[1], shape[2], shape[3]),
            3 => (shape[2], 1, 1),
            _ => (1, shape[0], shape[1]),
        };
        var scale = gain * Math.Sqrt(3.0 / (taps * inputs));
        var own = 0;
        for (var t = 0; t < taps; t++)
            for (var i = 0; i < inputs; i++)
                for (var o = 0; o < outputs; o++, own++)
                    values[own] = (float)(Symmetric(hash, torchLayout ? (o * inputs + i) * taps + t : own) * scale);
    }

    static double Unit(ulong hash, long index) => (Mix(hash + (ulong)index) >> 40) / 16777216.0;

    static double Symmetric(ulong hash, long index) => 2 * Unit(hash, index) - 1;
}
