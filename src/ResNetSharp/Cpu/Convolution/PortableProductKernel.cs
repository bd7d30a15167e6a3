using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The product kernel in plain C#, for any processor: the reference of the generated ones.</summary>
internal sealed unsafe class PortableProductKernel(ProductShape shape) : ProductKernel
{
    /// <summary>Input channels in the largest tile; smaller ones compute their last channel several times and keep it once.</summary>
    public const int MaxRows = 4;

    const int Vectors = 2;

    static readonly int lanes = Vector<float>.Count;

    /// <summary>Output channels of the panel that exist.</summary>
    readonly int width = (shape.Vectors - 1) * Vector<float>.Count + shape.TailLanes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(ProductArguments* arguments)
    {
        var sums = stackalloc float[MaxRows * Vectors * lanes];
        Sum(ref *arguments, sums);
        for (var row = 0; row < shape.Rows; row++)
        {
            var to = (float*)(arguments->Sums + row * arguments->SumsRowBytes);
            var from = sums + row * Vectors * lanes;
            for (var i = 0; i < width; i++) to[i] = arguments->Accumulate != 0 ? to[i] + from[i] : from[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Sum(ref ProductArguments work, float* sums)
    {
        Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        var row1 = Math.Min(1, shape.Rows - 1);
        var row2 = Math.Min(2, shape.Rows - 1);
        var row3 = Math.Min(3, shape.Rows - 1);
        for (var image = 0L; image < work.Images; image++)
        {
            for (var pixel = 0L; pixel < work.Pixels; pixel++)
            {
                var x = (float*)(work.Input + image * work.InputImageBytes + work.Offsets[2 * pixel]);
                var g = (float*)(work.Gradient + image * work.GradientImageBytes + work.Offsets[2 * pixel + 1]);
                var g0 = Unsafe.ReadUnaligned<Vector<float>>(g);
                var g1 = Unsafe.ReadUnaligned<Vector<float>>(g + lanes);
                s00 = Vector.MultiplyAddEstimate(new(x[0]), g0, s00);
                s01 = Vector.MultiplyAddEstimate(new(x[0]), g1, s01);
                s10 = Vector.MultiplyAddEstimate(new(x[row1]), g0, s10);
                s11 = Vector.MultiplyAddEstimate(new(x[row1]), g1, s11);
                s20 = Vector.MultiplyAddEstimate(new(x[row2]), g0, s20);
                s21 = Vector.MultiplyAddEstimate(new(x[row2]), g1, s21);
                s30 = Vector.MultiplyAddEstimate(new(x[row3]), g0, s30);
                s31 = Vector.MultiplyAddEstimate(new(x[row3]), g1, s31);
            }
        }
        Store(sums, 0, s00, s01);
        Store(sums, 1, s10, s11);
        Store(sums, 2, s20, s21);
        Store(sums, 3, s30, s31);
    }

    static void Store(float* sums, int row, Vector<float> first, Vector<float> second)
    {
        Unsafe.WriteUnaligned(sums + row * Vectors * lanes, first);
        Unsafe.WriteUnaligned(sums + (row * Vectors + 1) * lanes, second);
    }
}
