namespace ResNetSharp.Cpu;

/// <summary>A way to compute an <see cref="Int8Problem"/>.</summary>
internal abstract unsafe class Int8Engine
{
    /// <summary>The name of the algorithm, as far as the weights, which decide it, are known.</summary>
    public virtual string Name => "direct";

    /// <summary>Bytes of scratch memory.</summary>
    public abstract long ScratchBytes(int workers);

    /// <summary>Computes.</summary>
    public abstract void Run(Workers workers, byte* scratch);

    /// <summary>Forgets what was kept of the weights.</summary>
    public abstract void Invalidate();

    /// <summary>The fastest engine for a convolution.</summary>
    public static Int8Engine Create(Int8Problem problem) =>
        Int8QuadEngine.Suits(problem) ? new Int8QuadEngine(problem)
        : NarrowArithmetic.HasInt8(problem.Set) ? new Int8TileEngine(problem)
        : problem.Set == InstructionSet.Portable ? new PortableInt8Engine(problem)
        : new Int8PairEngine(problem);
}
