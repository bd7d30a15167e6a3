using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    void LowerElementwise(Node node)
    {
        var size = node.Outputs[0].Shape.Size;
        Steps.Add(node.Operation switch
        {
            Unary unary => new UnaryKernel(unary.Function, unary.Parameter, In(node, 0), Out(node), size),
            UnaryGradient { Forward: var unary } =>
                new UnaryGradientKernel(unary.Function, unary.Parameter, In(node, 0), In(node, 1), In(node, 2), Out(node), size),
            Binary binary => new BinaryKernel(binary.Function, node.Inputs[0].Shape, node.Inputs[1].Shape, In(node, 0), In(node, 1), Out(node)),
            Dropout dropout => new DropoutKernel(dropout.Rate, Stream(dropout), In(node, 0), Out(node), size),
            _ => throw new NotSupportedException($"no kernel computes the operation {node.Operation.Name}"),
        });
    }

    /// <summary>A seed of the dropout's own that changes from step to step. The gradient asks for the same one.</summary>
    ulong* Stream(Dropout dropout)
    {
        if (!streams.TryGetValue(dropout, out var place))
        {
            streams[dropout] = place = (nint)memory.Persistent(2);
            Seeds.Add(new SeedKernel(seed, RandomSource.HashOf(dropout.Stream), (ulong*)place));
        }
        return (ulong*)place;
    }

    readonly Dictionary<Dropout, nint> streams = [];

    /// <summary>Derives the seed of one dropout from that of the step.</summary>
    sealed class SeedKernel(ulong* step, ulong stream, ulong* own) : Kernel
    {
        public override void Run(Workers workers) => *own = RandomSource.For(*step, stream).NextUInt64();
    }
}
