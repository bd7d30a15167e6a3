using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The gradient of a mean over the positions of (batch, positions, channels): each position gets dy / positions.</summary>
internal sealed unsafe class GlobalAveragePoolGradientKernel<TIn, TOut>(int batch, int positions, int channels, TIn* dy, TOut* dx)
    : Kernel, IParallelBody where TIn : unmanaged where TOut : unmanaged
{
    readonly int positionsPerPart = Math.Clamp(ElementwiseKernel.PartSize / channels, 1, positions);

    int PartsPerImage => (positions + positionsPerPart - 1) / positionsPerPart;

    public override void Run(Workers workers) => workers.Run(this, checked(batch * PartsPerImage));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int part, int worker)
    {
        var image = part / PartsPerImage;
        var first = part % PartsPerImage * positionsPerPart;
        var count = Math.Min(positionsPerPart, positions - first);
        var source = dy + (long)image * channels;
        var target = dx + ((long)image * positions + first) * channels;
        var factor = 1f / positions;
        var c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count) Lanes.Store(Lanes.Load(source + c) * factor, target + c);
        if (c < channels) Lanes.Store(Lanes.Load(source + c, channels - c) * factor, target + c, channels - c);
        var row = new ReadOnlySpan<TOut>(target, channels);
        for (var i = 1; i < count; i++) row.CopyTo(new Span<TOut>(target + (long)i * channels, channels));
    }
}
