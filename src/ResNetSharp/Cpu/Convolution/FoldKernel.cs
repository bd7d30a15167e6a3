using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Folds a batch normalization on stored statistics into the convolution before it: weights * s and beta + (bias - mean) * s, where
/// s = gamma / sqrt(variance + epsilon). The weights are folded in scratch memory, from which the convolution takes them in its own order.
/// </summary>
internal sealed unsafe class FoldKernel(WeightedKernel convolution) : Kernel, IParallelBody
{
    /// <summary>Weights that are folded in one part.</summary>
    const int WeightsAtOnce = 1 << 16;

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

    public required float* FoldedBias { get; init; }

    int RowsAtOnce => Math.Max(1, WeightsAtOnce / Channels);

    long ScaleBytes => (Channels * (long)sizeof(float) + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;

    float* FoldedWeights => (float*)(Scratch + ScaleBytes);

    public override long ScratchBytes(int workers) => ScaleBytes + WeightCount * sizeof(float);

    public override void Run(Workers workers)
    {
        var scale = (float*)Scratch;
        for (var c = 0; c < Channels; c++)
        {
            var s = Gamma[c] / Math.Sqrt((double)Variance[c] + Epsilon);
            scale[c] = (float)s;
            FoldedBias[c] = (float)(Beta[c] + ((Bias == null ? 0 : Bias[c]) - (double)Mean[c]) * s);
        }
        var rows = WeightCount / Channels;
        workers.Run(this, (int)((rows + RowsAtOnce - 1) / RowsAtOnce));
        convolution.Pack(workers, FoldedWeights);
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var end = Math.Min(WeightCount, (part + 1L) * RowsAtOnce * Channels);
        for (var row = (long)part * RowsAtOnce * Channels; row < end; row += Channels) Multiply(Weights + row, (float*)Scratch, FoldedWeights + row, Channels);
    }

    // Once for all weights, at a program's first prediction: one method is optimized at once, where those of TensorPrimitives would still be slow.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply(float* weights, float* scale, float* folded, int count)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) (Vector.Load(weights + i) * Vector.Load(scale + i)).Store(folded + i);
        for (; i < count; i++) folded[i] = weights[i] * scale[i];
    }
}

/// <summary>Tells a convolution that its constant weights have changed.</summary>
internal sealed class InvalidateKernel(WeightedKernel convolution) : Kernel
{
    public override void Run(Workers workers) => convolution.Invalidate();
}
