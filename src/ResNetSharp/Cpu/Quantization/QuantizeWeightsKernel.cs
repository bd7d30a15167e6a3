using ResNetSharp.Quantization;

namespace ResNetSharp.Cpu;

/// <summary>
/// Quantizes the weights of a convolution or dense layer. A batch normalization on stored statistics that follows is folded into the scales:
/// it multiplies whole output channels, so the integers are the same with and without it, but for their sign.
/// </summary>
internal sealed unsafe class QuantizeWeightsKernel(Int8Convolution product) : Kernel
{
    /// <summary>The layer's own weights; the last axis are output channels.</summary>
    public required float* Weights { get; init; }

    public required long WeightCount { get; init; }

    /// <summary>The distance between neighbouring weights, one an output channel.</summary>
    public required float[] WeightScales { get; init; }

    /// <summary>The layer's own bias, or null.</summary>
    public required float* Bias { get; init; }

    /// <summary>The normalization's factors, or null without one; then the three below are null, too.</summary>
    public float* Gamma { get; init; }

    public float* Beta { get; init; }

    public float* Mean { get; init; }

    public float* Variance { get; init; }

    public float Epsilon { get; init; }

    /// <summary>The scale of the bytes that are multiplied.</summary>
    public required float SourceScale { get; init; }

    /// <summary>The scale of the bytes of the result; 1 for numbers.</summary>
    public required float ResultScale { get; init; }

    /// <summary>Takes the integers.</summary>
    public required sbyte* Quantized { get; init; }

    /// <summary>Takes the factors of the sums, one an output channel.</summary>
    public required float* Scale { get; init; }

    /// <summary>Takes what is added to them, in steps of the result.</summary>
    public required float* Offset { get; init; }

    public override void Run(Workers workers)
    {
        var channels = WeightScales.Length;
        var folded = new ProductChannel[channels];
        for (var c = 0; c < channels; c++)
        {
            var bias = Bias == null ? 0d : Bias[c];
            var factor = 1d;
            if (Gamma != null)
            {
                factor = Gamma[c] / Math.Sqrt((double)Variance[c] + Epsilon);
                bias = Beta[c] + (bias - Mean[c]) * factor;
            }
            folded[c] = ProductChannel.Fold(WeightScales[c], factor, bias, SourceScale);
            var step = (double)(folded[c].Scale * SourceScale);
            Scale[c] = (float)(step / ResultScale);
            Offset[c] = (float)(folded[c].Bias * step / ResultScale);
        }
        for (long row = 0; row < WeightCount; row += channels)
            for (var c = 0; c < channels; c++) Quantized[row + c] = (sbyte)folded[c].Integer(Weights[row + c], WeightScales[c]);
        product.Invalidate();
    }
}
