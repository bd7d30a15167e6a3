using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ResNetSharp.Quantization;

namespace ResNetSharp.Cpu;

/// <summary>
/// Quantizes the weights of a convolution or dense layer. A batch normalization on stored statistics that follows is folded into the scales:
/// it multiplies whole output channels, so the integers are the same with and without it, but for their sign.
/// </summary>
internal sealed unsafe class QuantizeWeightsKernel(Int8Convolution product) : Kernel, IParallelBody
{
    const int PartSize = 1 << 16;

    ProductChannel[] folded = [];
    float[] changes = [];
    bool onlySigns;

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
        folded = new ProductChannel[channels];
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
        changes = [.. folded.Select(channel => (float)channel.Change)];
        onlySigns = folded.All(channel => Math.Abs(channel.Change) is 0 or 1);
        workers.Run(this, checked((int)((WeightCount / channels + RowsPerPart - 1) / RowsPerPart)));
        product.Invalidate();
    }

    int RowsPerPart => Math.Max(1, PartSize / WeightScales.Length);

    void IParallelBody.Execute(int part, int worker)
    {
        var channels = WeightScales.Length;
        var end = Math.Min(WeightCount / channels, ((long)part + 1) * RowsPerPart);
        for (var row = (long)part * RowsPerPart; row < end; row++) Row(Weights + row * channels, Quantized + row * channels);
    }

    /// <summary>The channels of a row; what <see cref="ProductChannel.Integer"/> says, in single precision where that is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Row(float* weights, sbyte* integers)
    {
        var channels = WeightScales.Length;
        var c = 0;
        if (onlySigns)
        {
            var (least, most) = (Vector256.Create((float)-sbyte.MaxValue), Vector256.Create((float)sbyte.MaxValue));
            fixed (float* scales = WeightScales, signs = changes)
            {
                for (; c <= channels - Vector256<float>.Count; c += Vector256<float>.Count)
                {
                    var rounded = Vector256.Round(Vector256.Load(weights + c) / Vector256.Load(scales + c));
                    var words = Vector256.ConvertToInt32(Vector256.Min(Vector256.Max(rounded, least), most) * Vector256.Load(signs + c));
                    var halves = Vector128.Narrow(words.GetLower(), words.GetUpper());
                    *(long*)(integers + c) = Vector128.Narrow(halves, halves).AsInt64().ToScalar();
                }
            }
        }
        for (; c < channels; c++) integers[c] = (sbyte)folded[c].Integer(weights[c], WeightScales[c]);
    }
}
