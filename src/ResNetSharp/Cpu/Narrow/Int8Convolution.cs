namespace ResNetSharp.Cpu;

/// <summary>A convolution of unsigned 8-bit images with signed 8-bit weights; <see cref="Int8Problem"/> says what is computed.</summary>
internal sealed unsafe class Int8Convolution : Kernel
{
    readonly Int8Engine engine;

    /// <summary>Fixes shape and addresses of a convolution with 8-bit results.</summary>
    /// <param name="geometry">The shape.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="source">(batch, height, width, input channels).</param>
    /// <param name="sourceZeroPoint">What stands for zero in <paramref name="source"/>, and lies beyond its edges; 0 to 255.</param>
    /// <param name="weights">(kernel height, kernel width, input channels / groups, output channels). They are read at the first run.</param>
    /// <param name="scale">(output channels): scale of the source x scale of the channel's weights / scale of the result.</param>
    /// <param name="bias">(output channels), in units of the result's scale, or null.</param>
    /// <param name="residual">Added to the result; of its shape, or null. May be the result itself.</param>
    /// <param name="residualScale">Scale of the residual / scale of the result.</param>
    /// <param name="residualZeroPoint">What stands for zero in <paramref name="residual"/>.</param>
    /// <param name="relu">Whether negative values become zero at the end.</param>
    /// <param name="destination">(batch, output height, output width, output channels).</param>
    /// <param name="destinationZeroPoint">What stands for zero in <paramref name="destination"/>.</param>
    /// <param name="winograd">Whether the fast algorithm for 3x3 kernels may be used; null for <see cref="WinogradSettings.Selected"/>.</param>
    public Int8Convolution(
        ConvolutionGeometry geometry, InstructionSet set, byte* source, int sourceZeroPoint, sbyte* weights, float* scale, float* bias,
        byte* residual, float residualScale, int residualZeroPoint, bool relu, byte* destination, int destinationZeroPoint, Winograd? winograd = null)
        : this(new Int8Problem(geometry, set)
        {
            Source = source,
            SourceZero = sourceZeroPoint,
            Weights = weights,
            Scale = scale,
            Bias = bias,
            Residual = residual,
            ResidualScale = residualScale,
            ResidualZero = residualZeroPoint,
            Relu = relu,
            Winograd = winograd ?? WinogradSettings.Selected,
            Bytes = destination,
            Zero = destinationZeroPoint,
        })
    {
    }

    /// <summary>
    /// Fixes shape and addresses of a convolution with results in single precision. <paramref name="scale"/>, <paramref name="bias"/> and
    /// <paramref name="residualScale"/> are for a result of scale 1; the rest is as for 8-bit results.
    /// </summary>
    public Int8Convolution(
        ConvolutionGeometry geometry, InstructionSet set, byte* source, int sourceZeroPoint, sbyte* weights, float* scale, float* bias,
        byte* residual, float residualScale, int residualZeroPoint, bool relu, float* destination, Winograd? winograd = null)
        : this(new Int8Problem(geometry, set)
        {
            Source = source,
            SourceZero = sourceZeroPoint,
            Weights = weights,
            Scale = scale,
            Bias = bias,
            Residual = residual,
            ResidualScale = residualScale,
            ResidualZero = residualZeroPoint,
            Relu = relu,
            Winograd = winograd ?? WinogradSettings.Selected,
            Floats = destination,
        })
    {
    }

    Int8Convolution(Int8Problem problem)
    {
        problem.Validate();
        engine = Int8Engine.Create(problem);
    }

    /// <summary>Says that the weights have changed since the last run.</summary>
    public void Invalidate() => engine.Invalidate();

    public override string Algorithm => engine.Name;

    public override long ScratchBytes(int workers) => engine.ScratchBytes(workers);

    public override void Run(Workers workers)
    {
        engine.Run(workers, Scratch);
        // The engine's packed weights are read through pointers alone.
        GC.KeepAlive(this);
    }
}
