using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>y = round(x * factor[channel] + offset[channel]): batch normalization on stored statistics, with the ReLU after it.</summary>
/// <param name="rows">Pixels of all images.</param>
/// <param name="channels">Channels.</param>
/// <param name="x">The input, as bytes.</param>
/// <param name="factor">One a channel, in steps of the output's scale.</param>
/// <param name="offset">One a channel, in steps of the output's scale, with the input's zero point taken off.</param>
/// <param name="target">How results are rounded.</param>
/// <param name="y">The output; may be <paramref name="x"/>.</param>
internal sealed unsafe class ByteAffineKernel(long rows, int channels, byte* x, float* factor, float* offset, ByteTarget target, byte* y) : Kernel, IParallelBody
{
    readonly int rowsPerPart = Math.Max(1, ElementwiseKernel.PartSize / channels);
    readonly ByteTarget target = target;

    public override void Run(Workers workers) => workers.Run(this, checked((int)((rows + rowsPerPart - 1) / rowsPerPart)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int part, int worker)
    {
        var first = (long)part * rowsPerPart;
        var end = Math.Min(first + rowsPerPart, rows);
        for (var row = first; row < end; row++)
        {
            byte* from = x + row * channels, to = y + row * channels;
            var c = 0;
            for (; c <= channels - ByteLanes.Count; c += ByteLanes.Count)
                target.Store(Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ByteLanes.Load(from + c)), Vector512.Load(factor + c), Vector512.Load(offset + c)), to + c);
            for (; c < channels; c++) to[c] = target.Round(MathF.FusedMultiplyAdd(from[c], factor[c], offset[c]));
        }
    }
}
