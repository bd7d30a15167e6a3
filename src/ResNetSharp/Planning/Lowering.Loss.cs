using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    void LowerLoss(Node node)
    {
        var shape = node.Inputs[0].Shape;
        var (rows, columns) = (shape.Size / shape[-1], shape[-1]);
        switch (node.Operation)
        {
            case Softmax { Logarithm: false }:
                Steps.Add(new SoftmaxKernel(rows, columns, In(node, 0), Out(node)));
                break;
            case Softmax:
                Steps.Add(new LogSoftmaxKernel(rows, columns, In(node, 0), Out(node)));
                break;
            case SoftmaxGradient { Logarithm: false }:
                Steps.Add(new SoftmaxGradientKernel(rows, columns, In(node, 0), In(node, 1), Out(node)));
                break;
            case SoftmaxGradient:
                Steps.Add(new LogSoftmaxGradientKernel(rows, columns, In(node, 0), In(node, 1), Out(node)));
                break;
            case ClassificationLoss loss:
                var losses = memory.Persistent(rows);
                Steps.Add(CrossEntropy(node, loss, rows, columns, losses, null));
                Steps.Add(new ReduceKernel(ReduceFunction.Mean, new Shape(checked((int)rows)), [0], losses, Out(node)));
                break;
            case ClassificationLossGradient { Forward: var loss }:
                Steps.Add(CrossEntropy(node, loss, rows, columns, null, Out(node)));
                if (node.Inputs[2].Producer.Operation is not Constant { Values: [1f] })
                    Steps.Add(new ScaleKernel(Out(node), In(node, 2), Out(node), shape.Size));
                break;
        }
    }

    Kernel CrossEntropy(Node node, ClassificationLoss loss, long rows, int columns, float* losses, float* gradient) => loss.Function switch
    {
        LossFunction.SoftmaxCrossEntropy =>
            new SoftmaxCrossEntropyKernel(rows, columns, In(node, 0), (int*)In(node, 1), loss.LabelSmoothing, 1f / rows, losses, gradient),
        _ => new ProbabilityCrossEntropyKernel(rows, columns, In(node, 0), (int*)In(node, 1), null, loss.LabelSmoothing, 1f / rows, losses, gradient),
    };
}
