using ResNetSharp.Cpu;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Graph;

/// <summary>Where two gradients meet, lets the convolution that makes one of them add to the other, instead of adding them in a pass of its own.</summary>
internal sealed class BackwardFusion : Rewriter
{
    protected override Tensor[]? Replace(Node node, Tensor[] inputs)
    {
        if (node.Operation is not Binary { Function: BinaryFunction.Add } || inputs[0] == inputs[1] || inputs[0].Shape != inputs[1].Shape) return null;
        for (var i = 0; i < 2; i++)
        {
            var source = inputs[i].Producer;
            if (source.Operation is Operations.ConvolutionInputGradient && source.Inputs.Length == 2 && HasOneConsumer(node.Inputs[i]))
                return source.Operation.ApplyAll([.. source.Inputs, inputs[1 - i]]);
        }
        return null;
    }
}
