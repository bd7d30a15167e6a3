namespace ResNetSharp.Cpu;

/// <summary>The weight gradient of a bfloat16 convolution by way of single precision; see <see cref="WidenedEngine"/>.</summary>
internal sealed unsafe class WidenedWeightGradient(
    ConvolutionGeometry geometry, InstructionSet set, ushort* source, ushort* resultGradient, float* weightGradient)
    : WeightGradientEngine
{
    readonly ConversionBody conversion = new();
    ConvolutionWeightGradient? kernel;
    byte* place;

    /// <summary>Where the widened gradient lies behind the widened source, in numbers.</summary>
    long GradientStart => (geometry.InputLength + 15) / 16 * 16;

    long KernelStart => GradientStart + (geometry.OutputLength + 15) / 16 * 16;

    public override long ScratchBytes(int workers) => KernelStart * sizeof(float) + Kernel(place).ScratchBytes(workers);

    public override void Run(Workers workers, byte* scratch)
    {
        conversion.Widen(workers, source, (float*)scratch, geometry.InputLength);
        conversion.Widen(workers, resultGradient, (float*)scratch + GradientStart, geometry.OutputLength);
        Kernel(scratch).Run(workers);
    }

    /// <summary>The kernel knows addresses, so it is made when the scratch memory is known, and again should that move.</summary>
    ConvolutionWeightGradient Kernel(byte* scratch)
    {
        if (kernel is not null && place == scratch) return kernel;
        place = scratch;
        var wide = (float*)scratch;
        kernel = new ConvolutionWeightGradient(geometry, set, wide, wide + GradientStart, weightGradient, null, Winograd.Off)
        {
            Scratch = (byte*)(wide + KernelStart),
        };
        return kernel;
    }
}
