using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The Euclidean norm of several gradients taken together, and the factor that brings it down to a maximum:
/// min(1, maximum / (norm + epsilon)). Update kernels apply the factor as they read the gradients. PyTorch's rule has an epsilon of
/// 1e-6, Keras' one of 0.
/// </summary>
internal sealed unsafe class GlobalNormKernel : Kernel, IParallelBody
{
    readonly FloatBlock[] gradients;
    readonly int[] block;
    readonly long[] begin;
    readonly float maximum;
    readonly float epsilon;
    readonly float* norm;
    readonly float* factor;

    /// <param name="gradients">The gradients.</param>
    /// <param name="maximum">The largest norm that stays as it is; infinity if only the norm is wanted.</param>
    /// <param name="epsilon">Added to the norm.</param>
    /// <param name="norm">Out, or null.</param>
    /// <param name="factor">Out, or null.</param>
    public GlobalNormKernel(FloatBlock[] gradients, float maximum, float epsilon, float* norm, float* factor)
    {
        this.gradients = gradients;
        this.maximum = maximum;
        this.epsilon = epsilon;
        this.norm = norm;
        this.factor = factor;
        List<int> blocks = [];
        List<long> begins = [];
        for (var i = 0; i < gradients.Length; i++)
            for (long at = 0; at < gradients[i].Count; at += ElementwiseKernel.PartSize)
            {
                blocks.Add(i);
                begins.Add(at);
            }
        block = [.. blocks];
        begin = [.. begins];
    }

    public override long ScratchBytes(int workers) => (long)block.Length * sizeof(double);

    public override void Run(Workers workers)
    {
        workers.Run(this, block.Length);
        var squares = 0.0;
        for (var i = 0; i < block.Length; i++) squares += ((double*)Scratch)[i];
        var length = Math.Sqrt(squares);
        if (norm != null) *norm = (float)length;
        if (factor != null) *factor = float.IsPositiveInfinity(maximum) ? 1 : (float)Math.Min(1, maximum / (length + epsilon));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int part, int worker)
    {
        var gradient = gradients[block[part]];
        var x = gradient.Start + begin[part];
        var count = (int)Math.Min(ElementwiseKernel.PartSize, gradient.Count - begin[part]);
        Vector<float> even = default, odd = default;
        var i = 0;
        for (; i <= count - 2 * Vector<float>.Count; i += 2 * Vector<float>.Count)
        {
            Vector<float> a = Vector.Load(x + i), b = Vector.Load(x + i + Vector<float>.Count);
            even = Vector.FusedMultiplyAdd(a, a, even);
            odd = Vector.FusedMultiplyAdd(b, b, odd);
        }
        var sum = Lanes.Sum(even) + Lanes.Sum(odd);
        for (; i < count; i++) sum += (double)x[i] * x[i];
        ((double*)Scratch)[part] = sum;
    }
}
