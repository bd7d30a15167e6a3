namespace ResNetSharp.Cpu;

/// <summary>The gradient of a convolution with respect to its input: the transposed convolution of the output's gradient.</summary>
internal sealed unsafe class ConvolutionInputGradient : Kernel
{
    readonly ConvolutionEngine engine;
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
    /// <param name="winograd">Whether the fast algorithm for 3x3 kernels may be used; null for <see cref="WinogradSettings.Selected"/>.</param>
    /// <param name="strassen">Whether the fast algorithm for 1x1 kernels may be used; null for <see cref="StrassenSettings.Selected"/>.</param>
    public ConvolutionInputGradient(
        ConvolutionGeometry geometry, InstructionSet set, float* outputGradient, float* weights, float* inputGradient, bool accumulate,
        Winograd? winograd = null, Strassen? strassen = null)
    {
        geometry.Validate();
        this.outputGradient = outputGradient;
        this.weights = weights;
        this.inputGradient = inputGradient;
        engine = ConvolutionEngine.Create(
            geometry, set, transposed: true, new TileEpilogue(Accumulate: accumulate).Streaming(inputGradient, null, geometry.Batch, geometry.InputLayout), constantWeights: false, winograd ?? WinogradSettings.Selected, strassen ?? StrassenSettings.Selected);
    }

    public override string Algorithm => engine.Name;

    public override long ScratchBytes(int workers) => engine.WorkBytes(workers) + engine.PackedBytes;

    public override void Run(Workers workers) => engine.Run(
        workers,
        new ConvolutionPointers
        {
            Source = outputGradient,
            Weights = weights,
            Destination = inputGradient,
            Work = Scratch,
            Packed = (float*)(Scratch + engine.WorkBytes(workers.Count)),
        });
}
