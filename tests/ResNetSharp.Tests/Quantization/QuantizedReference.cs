using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Quantization;
using ResNetSharp.Tests.Graph;

namespace ResNetSharp.Tests.Quantization;

/// <summary>
/// What operations on bytes have to give, from the definition alone: the numbers that the bytes stand for, weights rounded to their grid, the
/// operation in double precision, and one rounding at the end.
/// </summary>
static class QuantizedReference
{
    /// <summary>A node's output before rounding: numbers, or for bytes steps from the zero point.</summary>
    /// <param name="node">The node.</param>
    /// <param name="of">The numbers of its inputs; bytes as they are.</param>
    public static double[] Compute(Node node, Func<Tensor, double[]> of) => node.Operation switch
    {
        QuantizeLinear quantize => [.. of(node.Inputs[0]).Select(x => (double)((float)x / quantize.Parameters.Scale))],
        DequantizeLinear dequantize => Numbers(of(node.Inputs[0]), dequantize.Parameters),
        QuantizedOperation quantized => [.. Source(node, quantized, of).Select(y => y / (quantized.Output?.Scale ?? 1))],
        // The rest moves bytes.
        MaxPool pool => NaiveWindows.Pool(pool.Window, of(node.Inputs[0]), node.Inputs[0].Shape, node.Outputs[0].Shape, window => window.Max()),
        Pad pad => NaiveLayout.Pad(pad, of(node.Inputs[0]), node.Inputs[0].Shape, node.Outputs[0].Shape),
        Slice slice => NaiveLayout.Gather(node.Outputs[0].Shape,
            index => of(node.Inputs[0])[NaiveLayout.Flat([.. index.Select((e, a) => slice.Starts[a] + e * slice.Steps[a])], node.Inputs[0].Shape)]),
        Reshape or Flatten => of(node.Inputs[0]),
        var other => throw new NotSupportedException($"the reference does not know {other.Name} on bytes"),
    };

    static double[] Source(Node node, QuantizedOperation quantized, Func<Tensor, double[]> of)
    {
        double[] In(int i) => quantized.Inputs[i] is { } parameters ? Numbers(of(node.Inputs[i]), parameters) : of(node.Inputs[i]);
        var (shape, output) = (node.Inputs[0].Shape, node.Outputs[0].Shape);
        return quantized.Source switch
        {
            FoldedConvolution folded => Convolve(node, folded, (QuantizedProduct)quantized, Weights(node, (QuantizedProduct)quantized, of), In),
            MatrixProduct => Biased(NaiveRows.Product(In(0), Weights(node, (QuantizedProduct)quantized, of), null, output), In(2), (QuantizedProduct)quantized),
            AveragePool pool => NaiveWindows.Average(pool, In(0), shape, output),
            GlobalAveragePool => NaiveLayout.Reduce(ReduceFunction.Mean, [1, 2], In(0), shape),
            BatchNormInference norm => Rectified(Normalize(In(0), In(1), In(2), In(3), In(4), norm.Settings.Epsilon), norm.Relu),
            Binary => [.. In(0).Zip(In(1), (a, b) => a + b)],
            Unary { Function: UnaryFunction.Relu } => Rectified(In(0), true),
            Unary { Function: UnaryFunction.Sigmoid } => [.. In(0).Select(x => 1 / (1 + Math.Exp(-x)))],
            Concatenate concatenate => NaiveLayout.Join(concatenate.Axis, [.. node.Inputs.Select((t, i) => (In(i), t.Shape))], output),
            var other => throw new NotSupportedException($"the reference does not know {other.Name} on bytes"),
        };
    }

    static double[] Convolve(Node node, FoldedConvolution folded, QuantizedProduct product, double[] weights, Func<int, double[]> inputs)
    {
        var y = NaiveWindows.Convolve(folded.Convolution, inputs(0), node.Inputs[0].Shape, weights, node.Inputs[1].Shape, null, node.Outputs[0].Shape);
        var bias = folded.HasBias ? inputs(folded.BiasIndex) : new double[product.WeightScales.Count];
        double[] factor = [.. bias.Select((_, c) => folded.Normalization is { } norm ? inputs(2)[c] / Math.Sqrt(inputs(5)[c] + norm.Epsilon) : 1)];
        if (folded.Normalization is not null) bias = [.. bias.Select((b, c) => inputs(3)[c] + (b - inputs(4)[c]) * factor[c])];
        y = Biased([.. y.Select((v, i) => v * factor[i % factor.Length])], bias, product, factor);
        if (folded.HasResidual) y = [.. y.Zip(inputs(node.Inputs.Length - 1), (a, b) => a + b)];
        return Rectified(y, folded.Relu);
    }

    /// <summary>Adds a bias, rounded to the steps of the sums.</summary>
    static double[] Biased(double[] sums, double[] bias, QuantizedProduct product, double[]? factor = null)
    {
        double[] steps = [.. product.WeightScales.Select((scale, c) => (double)product.Inputs[0]!.Value.Scale * (float)(scale * Math.Abs(factor?[c] ?? 1)))];
        // A channel that the normalization multiplies with 0 is its bias alone.
        double[] rounded = [.. bias.Select((b, c) => steps[c] == 0 ? b : Math.Round(b / steps[c]) * steps[c])];
        return [.. sums.Select((v, i) => v + rounded[i % rounded.Length])];
    }

    static double[] Weights(Node node, QuantizedProduct product, Func<Tensor, double[]> of)
    {
        var scales = product.WeightScales;
        return [.. of(node.Inputs[1]).Select((w, i) => Math.Clamp(Math.Round((double)((float)w / scales[i % scales.Count])), -127, 127) * scales[i % scales.Count])];
    }

    static double[] Normalize(double[] x, double[] gamma, double[] beta, double[] mean, double[] variance, float epsilon) =>
        [.. x.Select((v, i) => i % gamma.Length is var c ? gamma[c] * (v - mean[c]) / Math.Sqrt(variance[c] + epsilon) + beta[c] : 0)];

    static double[] Rectified(double[] x, bool relu) => relu ? [.. x.Select(v => Math.Max(v, 0))] : x;

    static double[] Numbers(double[] bytes, QuantizationParameters parameters) => [.. bytes.Select(v => (v - parameters.ZeroPoint) * parameters.Scale)];
}
