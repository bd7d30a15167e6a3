using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    void LowerNormalization<T>(Node node) where T : unmanaged
    {
        switch (node.Operation)
        {
            case BatchNormTraining norm:
                Steps.Add(new BatchNormForwardKernel<T>(Forward<T>(node, norm.Settings, norm.HasResidual, norm.Relu) with { Moments = Moments(node) }));
                break;
            case BatchNormInference norm when memory.Pitch(node.Inputs[0]) is var pitch && pitch > node.Inputs[0].Shape[-1]:
                var images = node.Inputs[0].Shape;
                var coefficients = Normalization<T>(node, norm, first: 1);
                Steps.Add(new NormalizedRowsKernel<T>(coefficients, images.Size / images[-1], images[-1], In<T>(node, 0), pitch, Out<T>(node)));
                break;
            case BatchNormInference norm:
                Steps.Add(new FrozenBatchNormForwardKernel<T>(Forward<T>(node, norm.Settings, norm.HasResidual, norm.Relu)));
                break;
            case BatchNormRepeat norm:
                Steps.Add(new BatchNormRepeatKernel<T>(Repeat<T>(node, norm)));
                break;
            case BatchNormGradient gradient:
                Steps.Add(new BatchNormBackwardKernel<T>(Backward<T>(node, gradient)));
                break;
            case Graph.Operations.GroupNorm norm:
                Steps.Add(new GroupNormForwardKernel<T>(Groups<T>(node, norm) with { Y = Out<T>(node), Mean = Out(node, 1), InverseStd = Out(node, 2) }));
                break;
            case GroupNormGradient gradient:
                Steps.Add(new GroupNormBackwardKernel<T>(Groups<T>(node, gradient.Forward) with
                {
                    Mean = In(node, 3),
                    InverseStd = In(node, 4),
                    DY = In<T>(node, GroupNormGradient.Gradient),
                    DX = Out<T>(node),
                    DGamma = Out(node, 1),
                    DBeta = Out(node, 2),
                }));
                break;
        }
    }

    /// <summary>Lets the product before a normalization, if there is one, sum up its results for it.</summary>
    ResultMoments? Moments(Node node)
    {
        var shape = node.Inputs[0].Shape;
        if (shape.Size < ResultMoments.LeastRows * shape[-1] || !products.TryGetValue(node.Inputs[0].Producer, out var product) || product.Moments is not null) return null;
        return product.Moments = new ResultMoments(shape[-1], In(node, 3));
    }

    /// <summary>A normalization by stored statistics whose coefficients are computed before the first step.</summary>
    NormalizedRows<T> Normalization<T>(Node node, BatchNormInference norm, int first) where T : unmanaged
    {
        Prepare(node);
        var shape = node.Inputs[0].Shape;
        var rows = new NormalizedRows<T>(new BatchNormForward<T>(shape.Size / shape[-1], shape[-1], norm.Settings.Epsilon)
        {
            Relu = norm.Relu,
            Gamma = In(node, first),
            Beta = In(node, first + 1),
            RunningMean = In(node, first + 2),
            RunningVariance = In(node, first + 3),
        });
        Preparations.Add(rows);
        return rows;
    }

    Cpu.GroupNorm<T> Groups<T>(Node node, Graph.Operations.GroupNorm norm) where T : unmanaged
    {
        var shape = node.Inputs[0].Shape;
        return new Cpu.GroupNorm<T>(shape[0], checked((int)(shape.Size / shape[0] / shape[-1])), shape[-1], norm.Groups, norm.Epsilon)
        {
            Relu = norm.Relu,
            X = In<T>(node, 0),
            Gamma = In(node, 1),
            Beta = In(node, 2),
        };
    }

    BatchNormForward<T> Forward<T>(Node node, BatchNormSettings settings, bool hasResidual, bool relu) where T : unmanaged
    {
        var shape = node.Inputs[0].Shape;
        return new BatchNormForward<T>(shape.Size / shape[-1], shape[-1], settings.Epsilon)
        {
            Momentum = settings.Momentum,
            UnbiasedRunningVariance = settings.UnbiasedVariance,
            Relu = relu,
            X = In<T>(node, 0),
            Gamma = In(node, 1),
            Beta = In(node, 2),
            RunningMean = In(node, 3),
            RunningVariance = In(node, 4),
            Residual = hasResidual ? In<T>(node, BatchNormTraining.Residual) : null,
            Y = Out<T>(node),
            SavedMean = Out(node, 1),
            SavedInverseStd = Out(node, 2),
        };
    }

    BatchNormForward<T> Repeat<T>(Node node, BatchNormRepeat norm) where T : unmanaged
    {
        var shape = node.Inputs[0].Shape;
        return new BatchNormForward<T>(shape.Size / shape[-1], shape[-1], epsilon: 0)
        {
            Relu = norm.Relu,
            X = In<T>(node, 0),
            Gamma = In(node, 1),
            Beta = In(node, 2),
            SavedMean = In(node, 3),
            SavedInverseStd = In(node, 4),
            Residual = norm.HasResidual ? In<T>(node, BatchNormTraining.Residual) : null,
            Y = Out<T>(node),
        };
    }

    BatchNormBackward<T> Backward<T>(Node node, BatchNormGradient gradient) where T : unmanaged
    {
        var shape = node.Inputs[0].Shape;
        return new BatchNormBackward<T>(shape.Size / shape[-1], shape[-1])
        {
            Frozen = gradient.Frozen,
            Relu = gradient.Relu,
            X = In<T>(node, 0),
            Gamma = In(node, 1),
            Beta = In(node, 2),
            Mean = In(node, 3),
            InverseStd = In(node, 4),
            DY = In<T>(node, 5),
            Y = node.Inputs.Length > 6 ? In<T>(node, 6) : null,
            DX = Out<T>(node),
            DGamma = Out(node, 1),
            DBeta = Out(node, 2),
            DResidual = gradient.Residual ? Out<T>(node, 3) : null,
        };
    }
}
