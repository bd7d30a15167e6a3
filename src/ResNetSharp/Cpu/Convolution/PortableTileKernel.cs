using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The tile kernel in plain C#, for any processor: the reference of the generated ones.</summary>
internal sealed unsafe class PortableTileKernel(TileShape shape) : TileKernel
{
    /// <summary>Pixels in the largest tile; smaller ones compute their last row several times and keep it once.</summary>
    public const int MaxRows = 4;

    const int Vectors = 2;

    /// <summary>Output channels of the panel that are written.</summary>
    readonly int width = (shape.Vectors - 1) * Vector<float>.Count + shape.TailLanes;

    public override void Run(TileArguments* arguments)
    {
        var work = *arguments;
        for (var tile = 0L; tile < work.Tiles; tile++)
        {
            Tile(ref work);
            work.SourceOffsets += work.Taps * shape.Rows;
            work.DestinationOffsets += shape.Rows;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Tile(ref TileArguments work)
    {
        var lanes = Vector<float>.Count;
        Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        var weights = work.Weights;
        var offsets = work.SourceOffsets;
        for (var tap = 0L; tap < work.Taps; tap++, offsets += shape.Rows)
        {
            var row0 = Row(ref work, offsets, 0);
            var row1 = Row(ref work, offsets, 1);
            var row2 = Row(ref work, offsets, 2);
            var row3 = Row(ref work, offsets, 3);
            for (var c = 0L; c < work.Channels; c++, weights += Vectors * lanes)
            {
                var w0 = Unsafe.ReadUnaligned<Vector<float>>(weights);
                var w1 = Unsafe.ReadUnaligned<Vector<float>>(weights + lanes);
                var x0 = new Vector<float>(row0[c]);
                var x1 = new Vector<float>(row1[c]);
                var x2 = new Vector<float>(row2[c]);
                var x3 = new Vector<float>(row3[c]);
                s00 = Vector.MultiplyAddEstimate(x0, w0, s00);
                s01 = Vector.MultiplyAddEstimate(x0, w1, s01);
                s10 = Vector.MultiplyAddEstimate(x1, w0, s10);
                s11 = Vector.MultiplyAddEstimate(x1, w1, s11);
                s20 = Vector.MultiplyAddEstimate(x2, w0, s20);
                s21 = Vector.MultiplyAddEstimate(x2, w1, s21);
                s30 = Vector.MultiplyAddEstimate(x3, w0, s30);
                s31 = Vector.MultiplyAddEstimate(x3, w1, s31);
            }
        }
        Finish(ref work, 0, s00, s01);
        Finish(ref work, 1, s10, s11);
        Finish(ref work, 2, s20, s21);
        Finish(ref work, 3, s30, s31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    float* Row(ref TileArguments work, int* offsets, int row)
    {
        var offset = offsets[Math.Min(row, shape.Rows - 1)];
        return (float*)(offset < 0 ? work.Zeros : work.Source + offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Finish(ref TileArguments work, int row, Vector<float> sum0, Vector<float> sum1)
    {
        if (row >= shape.Rows) return;
        var sums = stackalloc float[Vectors * Vector<float>.Count];
        Unsafe.WriteUnaligned(sums, sum0);
        Unsafe.WriteUnaligned(sums + Vector<float>.Count, sum1);
        var offset = work.DestinationOffsets[row];
        byte* destination = work.Destination + offset, residual = work.Residual + offset;
        var isNarrow = shape.Numbers == TileNumbers.SingleToBFloat16;
        for (var i = 0; i < width; i++)
        {
            var value = sums[i];
            if (shape.Bias) value += work.Bias[i];
            if (shape.Residual) value += isNarrow ? BFloat16.ToFloat(((ushort*)residual)[i]) : ((float*)residual)[i];
            if (shape.Relu && value < 0) value = 0;
            if (isNarrow) ((ushort*)destination)[i] = BFloat16.FromFloat(value);
            else ((float*)destination)[i] = value;
            if (!shape.Moments) continue;
            var difference = value - work.Expected[i];
            work.Moments[i] += difference;
            *(float*)((byte*)(work.Moments + i) + work.SquaresBytes) += difference * difference;
        }
    }
}
