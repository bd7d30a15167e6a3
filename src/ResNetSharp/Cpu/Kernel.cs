namespace ResNetSharp.Cpu;

/// <summary>
/// One step of a plan: a piece of arithmetic whose geometry and addresses are fixed when it is made, so that running it allocates
/// nothing. The work is cut by shape alone, never by the number of threads, so results are bitwise the same on any machine size.
/// </summary>
internal abstract unsafe class Kernel
{
    /// <summary>The way it computes, for measurements, where there are several; empty where there is one.</summary>
    public virtual string Algorithm => "";

    /// <summary>Bytes of scratch memory needed while running, for all workers together. Contents need not survive between runs.</summary>
    public virtual long ScratchBytes(int workers) => 0;

    /// <summary>Scratch memory, 64-byte aligned, at least <see cref="ScratchBytes"/>; shared by all kernels of a plan.</summary>
    public byte* Scratch { get; set; }

    /// <summary>Does the work, on all workers, and returns when it is done.</summary>
    public abstract void Run(Workers workers);
}

/// <summary>The body of a parallel loop.</summary>
internal interface IParallelBody
{
    /// <summary>Does one part.</summary>
    /// <param name="part">Which part, from 0.</param>
    /// <param name="worker">Which worker runs it, from 0 (the caller) to <see cref="Workers.Count"/> - 1; for private scratch only.</param>
    void Execute(int part, int worker);
}
