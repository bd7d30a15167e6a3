namespace ResNetSharp.Layers;

/// <summary>An activation as a layer of its own. Input and output: any shape.</summary>
/// <param name="activation">Which.</param>
public sealed class ActivationLayer(Activation activation) : Layer
{
    /// <inheritdoc/>
    public override string TypeName => activation == Activation.Relu ? "ReLU" : activation.ToString();

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => inputs.Activate(activation);
}
