using ResNetSharp.Quantization;

namespace ResNetSharp.Cpu;

/// <summary>Turns a batch normalization on stored statistics into the factors and offsets of a <see cref="ByteAffineKernel"/>.</summary>
internal sealed unsafe class ByteNormKernel(int channels, QuantizationParameters from, QuantizationParameters to, float* factor, float* offset) : Kernel
{
    public required float* Gamma { get; init; }

    public required float* Beta { get; init; }

    public required float* Mean { get; init; }

    public required float* Variance { get; init; }

    public required float Epsilon { get; init; }

    public override void Run(Workers workers)
    {
        for (var c = 0; c < channels; c++)
        {
            var scale = Gamma[c] / Math.Sqrt((double)Variance[c] + Epsilon);
            factor[c] = (float)(from.Scale * scale / to.Scale);
            offset[c] = (float)((Beta[c] - Mean[c] * scale - from.ZeroPoint * from.Scale * scale) / to.Scale);
        }
    }
}
