using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The 8-bit convolution in plain C#: for every output pixel a row of sums, to which each input number adds its row of weights.</summary>
internal sealed unsafe class PortableInt8Engine(Int8Problem problem) : Int8Engine, IParallelBody
{
    readonly ConvolutionGeometry geometry = problem.Geometry;
    byte* scratch;

    public override long ScratchBytes(int workers) => workers * SumsBytes;

    public override void Invalidate()
    {
        // The weights are read where they are.
    }

    public override void Run(Workers workers, byte* scratch)
    {
        this.scratch = scratch;
        workers.Run(this, geometry.Batch * geometry.OutHeight);
    }

    long SumsBytes => (geometry.OutChannels * sizeof(int) / NativeBuffer.Alignment + 1) * NativeBuffer.Alignment;

    void IParallelBody.Execute(int part, int worker)
    {
        var sums = (int*)(scratch + worker * SumsBytes);
        var (image, row) = Math.DivRem(part, geometry.OutHeight);
        for (var column = 0; column < geometry.OutWidth; column++)
        {
            new Span<int>(sums, geometry.OutChannels).Clear();
            AddTaps(image, row, column, sums);
            Finish(sums, ((long)part * geometry.OutWidth + column) * geometry.OutChannels);
        }
    }

    void AddTaps(int image, int row, int column, int* sums)
    {
        for (var tap = 0; tap < geometry.Taps; tap++)
        {
            var y = row * geometry.StrideHeight + tap / geometry.KernelWidth * geometry.DilationHeight - geometry.PadTop;
            var x = column * geometry.StrideWidth + tap % geometry.KernelWidth * geometry.DilationWidth - geometry.PadLeft;
            if ((uint)y >= (uint)geometry.InHeight || (uint)x >= (uint)geometry.InWidth) continue;
            var pixel = problem.Source + (((long)image * geometry.InHeight + y) * geometry.InWidth + x) * geometry.InChannels;
            var weights = problem.Weights + (long)tap * geometry.GroupInChannels * geometry.OutChannels;
            for (var group = 0; group < geometry.Groups; group++)
            {
                var first = group * geometry.GroupOutChannels;
                for (var c = 0; c < geometry.GroupInChannels; c++)
                {
                    var number = pixel[group * geometry.GroupInChannels + c] - problem.SourceZero;
                    if (number != 0) AddRow(number, weights + (long)c * geometry.OutChannels + first, sums + first, geometry.GroupOutChannels);
                }
            }
        }
    }

    /// <summary>The product of a number from -255 to 255 and one from -128 to 127 fits into 16 bits.</summary>
    static void AddRow(int number, sbyte* weights, int* sums, int count)
    {
        var factor = new Vector<short>((short)number);
        var i = 0;
        for (; i <= count - Vector<sbyte>.Count; i += Vector<sbyte>.Count)
        {
            Vector.Widen(Unsafe.ReadUnaligned<Vector<sbyte>>(weights + i), out var low, out var high);
            AddProducts(low * factor, sums + i);
            AddProducts(high * factor, sums + i + Vector<short>.Count);
        }
        for (; i < count; i++) sums[i] += number * weights[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddProducts(Vector<short> products, int* sums)
    {
        Vector.Widen(products, out var low, out var high);
        Unsafe.WriteUnaligned(sums, Unsafe.ReadUnaligned<Vector<int>>(sums) + low);
        Unsafe.WriteUnaligned(sums + Vector<int>.Count, Unsafe.ReadUnaligned<Vector<int>>(sums + Vector<int>.Count) + high);
    }

    void Finish(int* sums, long pixel)
    {
        for (var k = 0; k < geometry.OutChannels; k++)
        {
            var value = MathF.FusedMultiplyAdd(sums[k], problem.Scale[k], problem.Bias == null ? 0 : problem.Bias[k]);
            if (problem.Residual != null) value = MathF.FusedMultiplyAdd(problem.Residual[pixel + k] - problem.ResidualZero, problem.ResidualScale, value);
            if (problem.Bytes == null)
            {
                problem.Floats[pixel + k] = problem.Relu && !(value > 0) ? 0 : value;
                continue;
            }
            // Written so that what is not a number becomes the lowest value, as the processor's instructions have it.
            value = value > problem.Lowest ? value : problem.Lowest;
            value = value < problem.Highest ? value : problem.Highest;
            problem.Bytes[pixel + k] = (byte)((int)MathF.Round(value) + problem.Zero);
        }
    }
}
