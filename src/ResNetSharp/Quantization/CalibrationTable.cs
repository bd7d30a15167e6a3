using System.Text;

namespace ResNetSharp.Quantization;

/// <summary>
/// What makes a network an 8-bit one: the range of each activation, found by calibration, and the scales of its weights, one an output
/// channel. Weights are symmetric: real = scale * integer, with integers from -127 to 127.
/// </summary>
public sealed class CalibrationTable
{
    internal CalibrationTable(CalibrationMethod method, long pictures, IReadOnlyDictionary<string, ActivationRange> activations,
        IReadOnlyDictionary<string, IReadOnlyList<float>> weightScales)
    {
        Method = method;
        Pictures = pictures;
        Activations = activations;
        WeightScales = weightScales;
    }

    /// <summary>How the ranges were chosen.</summary>
    public CalibrationMethod Method { get; }

    /// <summary>How many pictures were seen.</summary>
    public long Pictures { get; }

    /// <summary>
    /// The ranges, in the order of computation. A convolution or dense layer is called by its path, such as <c>layer1.0.conv1</c>, and its range
    /// is that after the batch normalization, addition and ReLU that are computed together with it; other operations by their layer's
    /// path and their name, such as <c>maxpool.MaxPooling2D</c>; the pictures <c>input</c>.
    /// </summary>
    public IReadOnlyDictionary<string, ActivationRange> Activations { get; }

    /// <summary>The scales of the quantized weights, by the parameter's name, one an output channel.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<float>> WeightScales { get; }

    /// <summary>A table of the ranges with scales and zero points.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var width = Activations.Keys.Select(name => name.Length).Append(10).Max();
        text.AppendLine($"{"activation".PadRight(width)}  {"minimum",12}  {"maximum",12}  {"scale",12}  zero point");
        foreach (var (name, range) in Activations)
        {
            var parameters = range.Parameters;
            text.AppendLine($"{name.PadRight(width)}  {range.Minimum,12:G6}  {range.Maximum,12:G6}  {parameters.Scale,12:G6}  {parameters.ZeroPoint}");
        }
        return text.ToString();
    }
}
