using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>y = x1 + x2 + ... + xk, added in that order; where gradients meet. y may be the first or the second.</summary>
internal sealed unsafe class SumKernel : ElementwiseKernel
{
    /// <summary>Elements done before the next input is added: the sum stays in the first-level cache.</summary>
    const int Piece = 2048;

    readonly float*[] inputs;
    readonly float* y;

    /// <summary>Adds two tensors or more.</summary>
    public SumKernel(float*[] inputs, float* y, long n) : base(n)
    {
        if (inputs.Length < 2) throw new ArgumentException($"A sum needs at least 2 inputs, not {inputs.Length}.", nameof(inputs));
        this.inputs = inputs;
        this.y = y;
        // y is written before the third input is read.
        for (var i = 2; i < inputs.Length; i++)
            if (inputs[i] == y) throw new ArgumentException("Only the first two inputs of a sum may be overwritten.", nameof(y));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        for (var done = 0; done < count; done += Piece)
        {
            var at = begin + done;
            var size = Math.Min(Piece, count - done);
            Add(inputs[0] + at, inputs[1] + at, y + at, size);
            for (var i = 2; i < inputs.Length; i++) Add(y + at, inputs[i] + at, y + at, size);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(float* a, float* b, float* y, int count)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) (Vector.Load(a + i) + Vector.Load(b + i)).Store(y + i);
        for (; i < count; i++) y[i] = a[i] + b[i];
    }
}
