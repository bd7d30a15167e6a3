using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

/// <summary>Chooses the kernels that compute a node.</summary>
/// <param name="memory">Where tensors live.</param>
/// <param name="seed">The random seed of the step, for dropout.</param>
/// <param name="trained">The parameters that the plan itself changes.</param>
internal sealed unsafe partial class Lowering(PlanMemory memory, ulong* seed, IReadOnlySet<Parameter> trained)
{
    readonly InstructionSet instructions = InstructionSets.Selected;
    readonly Dictionary<Node, WeightedKernel> products = [];

    /// <summary>Kernels that run before the first step, and again whenever one of <see cref="PreparedParameters"/> has changed.</summary>
    public List<Kernel> Preparations { get; } = [];

    /// <summary>Kernels that run at the beginning of each step: they derive the seeds of dropouts.</summary>
    public List<Kernel> Seeds { get; } = [];

    /// <summary>Kernels that run at each step, in order.</summary>
    public List<Kernel> Steps { get; } = [];

    /// <summary>The parameters that preparations read.</summary>
    public HashSet<Parameter> PreparedParameters { get; } = [];

    /// <summary>Adds the kernels of a node.</summary>
    public void Lower(Node node)
    {
        switch (node.Operation)
        {
            case Leaf:
            case { ViewOf: >= 0 } when node.Operation is not Observe:
                break;
            case Observe observe:
                Steps.Add(new ObserveKernel(observe.Observer, In(node, 0), checked((int)node.Inputs[0].Shape.Size)));
                break;
            case var _ when IsQuantized(node):
                LowerQuantized(node);
                break;
            case Graph.Operations.Convolution or FoldedConvolution or NormalizedConvolution or Graph.Operations.ConvolutionInputGradient
                or Graph.Operations.ConvolutionWeightGradient:
                LowerConvolution(node);
                break;
            case MatrixProduct or MatrixProductInputGradient or MatrixProductWeightGradient:
                LowerMatrixProduct(node);
                break;
            case BatchNormTraining or BatchNormInference or BatchNormRepeat or BatchNormGradient or Graph.Operations.GroupNorm or GroupNormGradient:
                if (IsNarrow(node)) LowerNormalization<ushort>(node);
                else LowerNormalization<float>(node);
                break;
            case MaxPool or MaxPoolGradient or AveragePool or NormalizedPool or AveragePoolGradient or GlobalAveragePool or GlobalAveragePoolGradient:
                if (IsNarrow(node)) LowerPooling<ushort>(node);
                else LowerPooling<float>(node);
                break;
            case Softmax or SoftmaxGradient or ClassificationLoss or ClassificationLossGradient:
                LowerLoss(node);
                break;
            case ParameterUpdate update:
                Steps.Add(update.State.CreateUpdate(update.Parameter, memory[node.Inputs[0]]));
                break;
            case Pad or Slice or SliceGradient or Concatenate or Transpose or BroadcastTo or Reduce:
                if (IsNarrow(node)) LowerLayout<ushort>(node);
                else LowerLayout<float>(node);
                break;
            case Cast:
                LowerCast(node);
                break;
            default:
                if (IsNarrow(node)) LowerElementwise<ushort>(node);
                else LowerElementwise<float>(node);
                break;
        }
    }

    /// <summary>Whether a node works on bfloat16, which kernels take as <see cref="ushort"/>.</summary>
    static bool IsNarrow(Node node) => node.Inputs[0].ElementType == ElementType.BFloat16 || node.Outputs[0].ElementType == ElementType.BFloat16;

    float* In(Node node, int index) => memory[node.Inputs[index]];

    T* In<T>(Node node, int index) where T : unmanaged => (T*)memory[node.Inputs[index]];

    float* Out(Node node, int index = 0) => memory[node.Outputs[index]];

    T* Out<T>(Node node, int index = 0) where T : unmanaged => (T*)memory[node.Outputs[index]];
}
