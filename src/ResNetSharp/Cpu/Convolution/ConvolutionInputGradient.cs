namespace ResNetSharp.Cpu;

/// <summary>The gradient of a convolution with respect to its input: the transposed convolution of the output's gradient.</summary>
internal sealed unsafe class ConvolutionInputGradient : Kernel
{
    readonly TileEngine engine;
    readonly float* outputGradient;
    readonly float* weights;
    readonly float* inputGradient;

    /// <summary>Fixes shape and addresses.</summary>
    /// <param name="geometry">The shape of the forward convolution.</param>
    /// <param name="set">The kind of kernels; see <see cref="InstructionSets.Selected"/>.</param>
    /// <param name="outputGradient">(batch, output height, output width, output channels).</param>
    /// <param name="weights">(kernel height, kernel width, input channels / groups, output channels).</param>
    /// <param name="inputGradient">(batch, height, width, input channels).</param>
    /// <param name="accumulate">Whether to add to what <paramref name="inputGradient"/> holds.</param>
    public ConvolutionInputGradient(
        ConvolutionGeometry geometry, InstructionSet set, float* outputGradient, float* weights, float* inputGradient, bool accumulate)
    {
        geometry.Validate();
        this.outputGradient = outputGradient;
        this.weights = weights;
        this.inputGradient = inputGradient;
        var grids = TileGrid.Backward(geometry);
        engine = new TileEngine(
            set,
            geometry.Batch,
            grids,
            new WeightPanels(geometry, grids, set, transposed: true),
            ImageLayout.Dense(geometry.OutHeight, geometry.OutWidth, geometry.OutChannels),
            ImageLayout.Dense(geometry.InHeight, geometry.InWidth, geometry.InChannels),
            new TileEpilogue(Accumulate: accumulate));
    }

    public override long ScratchBytes(int workers) => engine.ScratchBytes(workers);

    public override void Run(Workers workers) => engine.Run(
        workers,
        new TileEngine.Pointers
        {
            Source = outputGradient,
            Weights = weights,
            Packed = (float*)Scratch,
            Destination = inputGradient,
            Residual = inputGradient,
        });
}
