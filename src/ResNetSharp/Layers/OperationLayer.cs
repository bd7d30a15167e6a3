using ResNetSharp.Graph;

namespace ResNetSharp.Layers;

/// <summary>Shows an operation that no layer made, such as the addition of a shortcut, among the layers of a functional model.</summary>
internal sealed class OperationLayer(Node node) : Layer
{
    public override string TypeName => node.Operation.Name;

    public Node Node => node;

    protected override Tensor Call(Tensor inputs) => node.Operation.Apply(inputs);
}
