using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    void LowerNormalization(Node node)
    {
        switch (node.Operation)
        {
            case BatchNormTraining norm:
                Steps.Add(new BatchNormForwardKernel(Forward(node, norm.Settings, norm.HasResidual, norm.Relu)));
                break;
            case BatchNormInference norm:
                Steps.Add(new FrozenBatchNormForwardKernel(Forward(node, norm.Settings, norm.HasResidual, norm.Relu)));
                break;
            case BatchNormGradient gradient:
                Steps.Add(new BatchNormBackwardKernel(Backward(node, gradient)));
                break;
            case Graph.Operations.GroupNorm norm:
                Steps.Add(new GroupNormForwardKernel(Groups(node, norm) with { Y = Out(node), Mean = Out(node, 1), InverseStd = Out(node, 2) }));
                break;
            case GroupNormGradient gradient:
                Steps.Add(new GroupNormBackwardKernel(Groups(node, gradient.Forward) with
                {
                    Mean = In(node, 3),
                    InverseStd = In(node, 4),
                    DY = In(node, GroupNormGradient.Gradient),
                    DX = Out(node),
                    DGamma = Out(node, 1),
                    DBeta = Out(node, 2),
                }));
                break;
        }
    }

    Cpu.GroupNorm Groups(Node node, Graph.Operations.GroupNorm norm)
    {
        var shape = node.Inputs[0].Shape;
        return new Cpu.GroupNorm(shape[0], checked((int)(shape.Size / shape[0] / shape[-1])), shape[-1], norm.Groups, norm.Epsilon)
        {
            Relu = norm.Relu,
            X = In(node, 0),
            Gamma = In(node, 1),
            Beta = In(node, 2),
        };
    }

    BatchNormForward Forward(Node node, BatchNormSettings settings, bool hasResidual, bool relu)
    {
        var shape = node.Inputs[0].Shape;
        return new BatchNormForward(shape.Size / shape[-1], shape[-1], settings.Epsilon)
        {
            Momentum = settings.Momentum,
            UnbiasedRunningVariance = settings.UnbiasedVariance,
            Relu = relu,
            X = In(node, 0),
            Gamma = In(node, 1),
            Beta = In(node, 2),
            RunningMean = In(node, 3),
            RunningVariance = In(node, 4),
            Residual = hasResidual ? In(node, BatchNormTraining.Residual) : null,
            Y = Out(node),
            SavedMean = Out(node, 1),
            SavedInverseStd = Out(node, 2),
        };
    }

    BatchNormBackward Backward(Node node, BatchNormGradient gradient)
    {
        var shape = node.Inputs[0].Shape;
        return new BatchNormBackward(shape.Size / shape[-1], shape[-1])
        {
            Frozen = gradient.Frozen,
            Relu = gradient.Relu,
            X = In(node, 0),
            Gamma = In(node, 1),
            Beta = In(node, 2),
            Mean = In(node, 3),
            InverseStd = In(node, 4),
            DY = In(node, 5),
            Y = node.Inputs.Length > 6 ? In(node, 6) : null,
            DX = Out(node),
            DGamma = Out(node, 1),
            DBeta = Out(node, 2),
            DResidual = gradient.Residual ? Out(node, 3) : null,
        };
    }
}
