using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using Operations = ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    void LowerConvolution(Node node)
    {
        switch (node.Operation)
        {
            case Operations.Convolution convolution:
                AddForward(node, Geometry(convolution, node.Inputs[0].Shape, node.Inputs[1].Shape));
                break;
            case FoldedConvolution folded:
                LowerFolded(node, folded);
                break;
            case NormalizedConvolution normalized:
                LowerFolded(node, normalized.Convolution, normalized.Normalization);
                break;
            case Operations.ConvolutionInputGradient gradient:
                var into = node.Inputs.Length > 2;
                var forward = Geometry(gradient.Forward, node.Outputs[0].Shape, node.Inputs[1].Shape);
                if (IsNarrow(node))
                {
                    if (into) CopyUnlessShared<ushort>(node.Inputs[2], node.Outputs[0]);
                    Steps.Add(new BFloat16ConvolutionInputGradient(forward, instructions, In<ushort>(node, 0), In(node, 1), Out<ushort>(node), into));
                    break;
                }
                if (into) CopyUnlessShared<float>(node.Inputs[2], node.Outputs[0]);
                Steps.Add(new Cpu.ConvolutionInputGradient(forward, instructions, In(node, 0), In(node, 1), Out(node), into));
                break;
            case Operations.ConvolutionWeightGradient gradient:
                var geometry = Geometry(gradient.Forward, node.Inputs[0].Shape, node.Outputs[0].Shape);
                var bias = node.Outputs.Length > 1 ? Out(node, 1) : null;
                Steps.Add(IsNarrow(node)
                    ? new BFloat16ConvolutionWeightGradient(geometry, instructions, In<ushort>(node, 0), In<ushort>(node, 1), Out(node), bias)
                    : new Cpu.ConvolutionWeightGradient(geometry, instructions, In(node, 0), In(node, 1), Out(node), bias));
                break;
        }
    }

    void LowerMatrixProduct(Node node)
    {
        switch (node.Operation)
        {
            case MatrixProduct:
                AddForward(node, Product(node.Inputs[0].Shape, node.Inputs[1].Shape));
                break;
            case MatrixProductInputGradient:
                Steps.Add(new Cpu.ConvolutionInputGradient(Product(node.Outputs[0].Shape, node.Inputs[1].Shape), instructions,
                    In(node, 0), In(node, 1), Out(node), false));
                break;
            case MatrixProductWeightGradient:
                Steps.Add(new Cpu.ConvolutionWeightGradient(Product(node.Inputs[0].Shape, node.Outputs[0].Shape), instructions,
                    In(node, 0), In(node, 1), Out(node), node.Outputs.Length > 1 ? Out(node, 1) : null));
                break;
        }
    }

    /// <summary>A convolution with what follows it and, where there is one, the normalization before it, whose parameters are the last inputs.</summary>
    void LowerFolded(Node node, FoldedConvolution folded, BatchNormInference? before = null)
    {
        const int Parameters = 4;
        var weights = node.Inputs[1].Shape;
        var bias = folded.HasBias ? In(node, folded.BiasIndex) : null;
        var residual = folded.HasResidual ? node.Inputs[^1] : null;
        var geometry = Geometry(folded.Convolution, node.Inputs[0].Shape, weights) with { InputPitch = memory.Pitch(node.Inputs[0]), OutputPitch = memory.Pitch(node.Outputs[0]) };
        Kernel? normalized = before is null ? null
            : IsNarrow(node) ? Normalization<ushort>(node, before, node.Inputs.Length - Parameters)
            : Normalization<float>(node, before, node.Inputs.Length - Parameters);
        if (folded.Normalization is not { } normalization)
        {
            AddForward(node, geometry, bias, residual, folded.Relu, normalized);
            return;
        }
        for (var i = 1; i < node.Inputs.Length; i++)
            if (ParameterRead.Of(node.Inputs[i]) is { } parameter) PreparedParameters.Add(parameter);
        var foldedBias = memory.Persistent(weights[3]);
        var convolution = Forward(node, geometry, null, foldedBias, residual, folded.Relu, constant: true, normalized);
        Preparations.Add(new FoldKernel(convolution)
        {
            Weights = In(node, 1),
            WeightCount = weights.Size,
            Channels = weights[3],
            Bias = bias,
            Gamma = In(node, 2),
            Beta = In(node, 3),
            Mean = In(node, 4),
            Variance = In(node, 5),
            Epsilon = normalization.Epsilon,
            FoldedBias = foldedBias,
        });
        Steps.Add(convolution);
    }

    void AddForward(Node node, ConvolutionGeometry geometry) =>
        AddForward(node, geometry, node.Inputs.Length > 2 ? In(node, 2) : null, null, relu: false);

    /// <summary>A convolution of inputs 0 and 1. Weights that the plan does not train are packed once, not at each step.</summary>
    void AddForward(Node node, ConvolutionGeometry geometry, float* bias, Tensor? residual, bool relu, Kernel? normalized = null)
    {
        var constant = ParameterRead.Of(node.Inputs[1]) is { } weights && !trained.Contains(weights) ? weights : null;
        var kernel = Forward(node, geometry, In(node, 1), bias, residual, relu, constant is not null, normalized);
        Steps.Add(kernel);
        products[node] = kernel;
        if (constant is null) return;
        Preparations.Add(new InvalidateKernel(kernel));
        PreparedParameters.Add(constant);
    }

    WeightedKernel Forward(
        Node node, ConvolutionGeometry geometry, float* weights, float* bias, Tensor? residual, bool relu, bool constant, Kernel? normalized)
    {
        var added = residual is null ? null : memory[residual];
        return IsNarrow(node)
            ? new BFloat16ConvolutionForward(geometry, instructions, In<ushort>(node, 0), weights, bias, (ushort*)added, relu, Out<ushort>(node), (NormalizedRows<ushort>?)normalized)
            {
                WeightsAreConstant = constant,
            }
            : new ConvolutionForward(geometry, instructions, In(node, 0), weights, bias, added, relu, Out(node))
            {
                WeightsAreConstant = constant,
                Normalization = (NormalizedRows<float>?)normalized,
            };
    }

    static ConvolutionGeometry Geometry(Operations.Convolution convolution, Shape images, Shape weights)
    {
        var window = convolution.Window;
        var (top, bottom) = window.RowPadding(images[1]);
        var (left, right) = window.ColumnPadding(images[2]);
        return new ConvolutionGeometry(images[0], images[1], images[2], images[3], weights[3], window.Height, window.Width,
            window.StrideHeight, window.StrideWidth, top, bottom, left, right, window.DilationHeight, window.DilationWidth, convolution.Groups);
    }

    static ConvolutionGeometry Product(Shape rows, Shape weights) => ConvolutionGeometry.Product(rows[0], weights[0], weights[1]);
}
