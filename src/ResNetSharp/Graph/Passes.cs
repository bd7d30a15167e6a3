using ResNetSharp.Cpu;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Graph;

/// <summary>
/// Turns a description into what a plan computes: decides how batch normalization and dropout behave, and joins them with their
/// neighbours, so that each activation is read and written as seldom as possible.
/// </summary>
internal static class Passes
{
    /// <summary>The graph for prediction: stored statistics, folded into the convolutions before them; no dropout.</summary>
    public static Tensor[] ForInference(IReadOnlyList<Tensor> outputs) =>
        new Fusion(static _ => true).Rewrite(Prepared(outputs, training: false));

    /// <summary>The graph for training: batch statistics except where frozen; what no trained parameter reaches is folded as in prediction.</summary>
    public static Tensor[] ForTraining(IReadOnlyList<Tensor> outputs)
    {
        var specialized = Prepared(outputs, training: true);
        var varying = new HashSet<Tensor>();
        foreach (var node in Node.Reachable(specialized))
            if (ParameterRead.Of(node.Outputs[0]) is { Trainable: true } || node.Operation is BatchNormTraining || node.Inputs.Any(varying.Contains))
                varying.UnionWith(node.Outputs);
        return new Fusion(node => !node.Outputs.Any(varying.Contains)).Rewrite(specialized);
    }

    static Tensor[] Prepared(IReadOnlyList<Tensor> outputs, bool training) => new EarlyPooling().Rewrite(new Specialization(training).Rewrite(outputs));

    /// <summary>Batch normalization with stored or batch statistics; dropout on or off.</summary>
    sealed class Specialization(bool training) : Rewriter
    {
        protected override Tensor[]? Replace(Node node, Tensor[] inputs) => node.Operation switch
        {
            BatchNorm norm when training && !ParameterRead.Of(node.Inputs[3])!.Frozen =>
                [new BatchNormTraining(norm.Settings, hasResidual: false, relu: false).ApplyAll(inputs)[0]],
            BatchNorm norm => [new BatchNormInference(norm.Settings, hasResidual: false, relu: false).ApplyAll(inputs)[0]],
            Dropout when !training => inputs,
            _ => null,
        };
    }

    /// <summary>
    /// Joins convolution, normalization, addition and ReLU.
    /// </summary>
    /// <param name="isConstant">Whether none of a node's parameters changes while the plan lives, so that weights can be folded.</param>
    sealed class Fusion(Func<Node, bool> isConstant) : Rewriter
    {
        protected override Tensor[]? Replace(Node node, Tensor[] inputs)
        {
            switch (node.Operation)
            {
                case BatchNormInference { HasResidual: false, Relu: false } norm when isConstant(node) && HasOneConsumer(node.Inputs[0])
                    && inputs[0].Producer is { Operation: FoldedConvolution { Normalization: null, HasResidual: false, Relu: false } folded } source
                    // Weights are folded before the first step, so the graph must not have to compute them.
                    && source.Inputs[1].Producer.Operation is Leaf:
                    return new FoldedConvolution(folded.Convolution, norm.Settings, folded.HasBias, hasResidual: false, relu: false)
                        .ApplyAll([.. source.Inputs[..2], .. inputs[1..5], .. source.Inputs[2..]]);
                case Convolution convolution when isConstant(node):
                    return new FoldedConvolution(convolution, null, inputs.Length > 2, hasResidual: false, relu: false).ApplyAll(inputs);
                case Binary { Function: BinaryFunction.Add } when inputs[0].Shape == inputs[1].Shape:
                    var later = inputs[1].Producer.Id > inputs[0].Producer.Id ? 1 : 0;
                    return WithResidual(node, inputs, later) ?? WithResidual(node, inputs, 1 - later);
                case Unary { Function: UnaryFunction.Relu } when HasOneConsumer(node.Inputs[0]):
                    return WithRelu(inputs[0].Producer);
                default:
                    return null;
            }
        }

        Tensor[]? WithResidual(Node node, Tensor[] inputs, int into)
        {
            if (!HasOneConsumer(node.Inputs[into]) || inputs[0] == inputs[1]) return null;
            var (source, residual) = (inputs[into].Producer, inputs[1 - into]);
            return source.Operation switch
            {
                BatchNormTraining { HasResidual: false, Relu: false } norm =>
                    [new BatchNormTraining(norm.Settings, hasResidual: true, relu: false).ApplyAll([.. source.Inputs, residual])[0]],
                BatchNormInference { HasResidual: false, Relu: false } norm =>
                    [new BatchNormInference(norm.Settings, hasResidual: true, relu: false).ApplyAll([.. source.Inputs, residual])[0]],
                FoldedConvolution { HasResidual: false, Relu: false } folded =>
                    new FoldedConvolution(folded.Convolution, folded.Normalization, folded.HasBias, hasResidual: true, relu: false)
                        .ApplyAll([.. source.Inputs, residual]),
                _ => null,
            };
        }

        static Tensor[]? WithRelu(Node source) => source.Operation switch
        {
            BatchNormTraining { Relu: false } norm =>
                [new BatchNormTraining(norm.Settings, norm.HasResidual, relu: true).ApplyAll(source.Inputs)[0]],
            BatchNormInference { Relu: false } norm =>
                [new BatchNormInference(norm.Settings, norm.HasResidual, relu: true).ApplyAll(source.Inputs)[0]],
            Operations.GroupNorm { Relu: false } norm => [new Operations.GroupNorm(norm.Groups, norm.Epsilon, relu: true).ApplyAll(source.Inputs)[0]],
            FoldedConvolution { Relu: false } folded =>
                new FoldedConvolution(folded.Convolution, folded.Normalization, folded.HasBias, folded.HasResidual, relu: true).ApplyAll(source.Inputs),
            _ => null,
        };
    }
}
