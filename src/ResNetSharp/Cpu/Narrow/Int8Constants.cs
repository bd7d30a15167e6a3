namespace ResNetSharp.Cpu;

/// <summary>The constants of a layer that an 8-bit tile kernel reads, each in all lanes of a register.</summary>
internal static unsafe class Int8Constants
{
    const int Bytes = 32;

    /// <summary>Where each lies, in bytes.</summary>
    public const int ResidualScale = 0, ResidualZero = Bytes, Lowest = 2 * Bytes, Highest = 3 * Bytes, Zero = 4 * Bytes;

    /// <summary>The constants of a convolution.</summary>
    public static NativeBuffer Of(Int8Problem problem)
    {
        var buffer = new NativeBuffer(Zero + Bytes);
        for (var lane = 0; lane < Bytes / sizeof(float); lane++)
        {
            ((float*)(buffer.Pointer + ResidualScale))[lane] = problem.ResidualScale;
            ((int*)(buffer.Pointer + ResidualZero))[lane] = problem.ResidualZero;
            ((float*)(buffer.Pointer + Lowest))[lane] = problem.Lowest;
            ((float*)(buffer.Pointer + Highest))[lane] = problem.Highest;
            ((int*)(buffer.Pointer + Zero))[lane] = problem.Zero;
        }
        return buffer;
    }
}
