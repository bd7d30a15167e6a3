namespace ResNetSharp.Cpu;

/// <summary>
/// Folds a batch normalization on stored statistics into the convolution before it: weights * s and beta + (bias - mean) * s, where
/// s = gamma / sqrt(variance + epsilon). Then tells the convolution to rearrange its constant weights again.
/// </summary>
internal sealed unsafe class FoldKernel(WeightedKernel convolution) : Kernel
{
    /// <summary>The convolution's own weights; the last axis are output channels.</summary>
    public required float* Weights { get; init; }

    public required long WeightCount { get; init; }

    public required int Channels { get; init; }

    /// <summary>The convolution's own bias, or null.</summary>
    public required float* Bias { get; init; }

    public required float* Gamma { get; init; }

    public required float* Beta { get; init; }

    public required float* Mean { get; init; }

    public required float* Variance { get; init; }

    public required float Epsilon { get; init; }

    public required float* FoldedWeights { get; init; }

    public required float* FoldedBias { get; init; }

    public override long ScratchBytes(int workers) => Channels * sizeof(float);

    public override void Run(Workers workers)
    {
        var scale = new Span<float>(Scratch, Channels);
        for (var c = 0; c < Channels; c++)
        {
            var s = Gamma[c] / Math.Sqrt((double)Variance[c] + Epsilon);
            scale[c] = (float)s;
            FoldedBias[c] = (float)(Beta[c] + ((Bias == null ? 0 : Bias[c]) - (double)Mean[c]) * s);
        }
        for (long row = 0; row < WeightCount; row += Channels)
            System.Numerics.Tensors.TensorPrimitives.Multiply(
                new ReadOnlySpan<float>(Weights + row, Channels), scale, new Span<float>(FoldedWeights + row, Channels));
        convolution.Invalidate();
    }
}

/// <summary>Tells a convolution that its constant weights have changed.</summary>
internal sealed class InvalidateKernel(WeightedKernel convolution) : Kernel
{
    public override void Run(Workers workers) => convolution.Invalidate();
}
