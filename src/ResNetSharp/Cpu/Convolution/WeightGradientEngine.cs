namespace ResNetSharp.Cpu;

/// <summary>A way to compute a convolution's weight gradient.</summary>
internal abstract unsafe class WeightGradientEngine
{
    /// <summary>The name of the algorithm.</summary>
    public string Name => this switch { WinogradWeightProducts => "winograd", StrassenWeightGradient => "strassen", _ => "direct" };

    /// <summary>Bytes of scratch memory.</summary>
    public abstract long ScratchBytes(int workers);

    /// <summary>Computes.</summary>
    public abstract void Run(Workers workers, byte* scratch);
}

/// <summary>The weight gradient as plain sums of products, with shapes arranged so that the kernels' registers are full.</summary>
/// <typeparam name="TNumber">What the images consist of: float, or bfloat16 as <see cref="ushort"/>.</typeparam>
internal sealed unsafe class DirectWeightGradient<TNumber> : WeightGradientEngine where TNumber : unmanaged
{
    /// <summary>Up to this many input channels, kernel columns are taken together: single ones would leave registers empty.</summary>
    const int FewChannels = 4;

    readonly ConvolutionGeometry single;
    readonly ConvolutionGeometry joint;
    readonly NativeBuffer? jointGradient;
    readonly float* result;
    readonly WeightProducts<TNumber> products;

    /// <summary>Fixes shape and addresses; see <see cref="ConvolutionWeightGradient"/>.</summary>
    public DirectWeightGradient(ConvolutionGeometry geometry, InstructionSet set, TNumber* input, TNumber* outputGradient, float* weightGradient)
    {
        var layout = ImageLayout.Dense(geometry.InHeight, geometry.InWidth, geometry.InChannels);
        var shape = geometry;
        var window = 0;
        if (geometry is { InChannels: <= FewChannels, Groups: 1, KernelWidth: > 1, DilationWidth: 1 })
        {
            // A kernel row is one run of numbers in the image, and in the weights: a wide pixel under a single kernel column.
            window = geometry.InChannels * geometry.KernelWidth;
            shape = geometry with { InChannels = window, KernelWidth = 1, PadRight = geometry.PadRight - geometry.KernelWidth + 1 };
        }
        single = geometry;
        joint = JointGroups.Join(shape, set);
        result = weightGradient;
        if (single.Groups != joint.Groups) jointGradient = new NativeBuffer(joint.WeightLength * sizeof(float));
        var sums = jointGradient is null ? weightGradient : (float*)jointGradient.Pointer;
        products = new WeightProducts<TNumber>(joint, set, layout, geometry.InputLength, window, input, outputGradient, sums);
    }

    public override long ScratchBytes(int workers) => products.ScratchBytes(workers);

    public override void Run(Workers workers, byte* scratch)
    {
        products.Run(workers, scratch);
        if (jointGradient is not null) JointGroups.Extract(single, joint, (float*)jointGradient.Pointer, result);
    }
}
