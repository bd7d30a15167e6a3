using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

/// <summary>
/// Finds tensors that can be computed right where a concatenation of channels wants them, so that nothing is copied: each pixel's channels
/// then lie among those of the others. For that, whatever computes and reads the tensor must do with such gaps between pixels.
/// </summary>
internal static class ChannelSlices
{
    /// <summary>Parts of concatenations: the part, the whole, and the channel of the whole at which it begins. A whole comes before its parts.</summary>
    /// <param name="order">The nodes in the order of computation.</param>
    /// <param name="outputs">Tensors that are read after the plan has run, without gaps.</param>
    public static IEnumerable<(Tensor Part, Tensor Whole, int Channel)> Of(List<Node> order, IEnumerable<Tensor> outputs)
    {
        var bound = outputs.ToHashSet();
        foreach (var node in order)
            for (var i = 0; i < node.Inputs.Length; i++)
                if (!Reads(node, i)) bound.Add(node.Inputs[i]);
        for (var step = order.Count - 1; step >= 0; step--)
        {
            var node = order[step];
            if (!JoinsChannels(node)) continue;
            var channel = 0;
            foreach (var part in node.Inputs)
            {
                // What is in place already cannot be in another.
                if (Writes(part.Producer) && bound.Add(part)) yield return (part, node.Outputs[0], channel);
                channel += part.Shape[-1];
            }
        }
    }

    static bool JoinsChannels(Node node) => node.Operation is Concatenate { Axis: 3 } && node.Outputs[0].Shape.Rank == 4 && node.Outputs[0].ElementType != ElementType.UInt8;

    /// <summary>Whether a node's kernel reads an input pixel by pixel, with gaps.</summary>
    static bool Reads(Node node, int input) => (input == 0 && node.Operation is BatchNormInference { HasResidual: false } or NormalizedConvolution or NormalizedPool) || JoinsChannels(node);

    /// <summary>Whether a node's kernel leaves gaps between the pixels that it writes.</summary>
    static bool Writes(Node node) => node.Outputs[0].ElementType is ElementType.Float32 or ElementType.BFloat16
        && (node.Operation is FoldedConvolution { HasResidual: false } or MaxPool or AveragePool or NormalizedPool || JoinsChannels(node));
}
