using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    void LowerElementwise<T>(Node node) where T : unmanaged
    {
        var size = node.Outputs[0].Shape.Size;
        Steps.Add(node.Operation switch
        {
            Unary unary => new UnaryKernel<T>(unary.Function, unary.Parameter, In<T>(node, 0), Out<T>(node), size),
            UnaryGradient { Forward: var unary } =>
                new UnaryGradientKernel<T>(unary.Function, unary.Parameter, In<T>(node, 0), In<T>(node, 1), In<T>(node, 2), Out<T>(node), size),
            Binary binary => new BinaryKernel<T>(binary.Function, node.Inputs[0].Shape, node.Inputs[1].Shape, In<T>(node, 0), In<T>(node, 1), Out<T>(node)),
            Dropout dropout => new DropoutKernel<T>(dropout.Rate, Stream(dropout), In<T>(node, 0), Out<T>(node), size),
            _ => throw new NotSupportedException($"no kernel computes the operation {node.Operation.Name}"),
        });
    }

    void LowerCast(Node node)
    {
        var size = node.Outputs[0].Shape.Size;
        Steps.Add((node.Inputs[0].ElementType, node.Outputs[0].ElementType) switch
        {
            (ElementType.Float32, ElementType.BFloat16) => new CastKernel<float, ushort>(In(node, 0), Out<ushort>(node), size),
            (ElementType.BFloat16, ElementType.Float32) => new CastKernel<ushort, float>(In<ushort>(node, 0), Out(node), size),
            var (from, to) => throw new NotSupportedException($"no kernel turns elements of type {from} into {to}"),
        });
    }

    /// <summary>A seed of the dropout's own that changes from step to step. The gradient asks for the same one.</summary>
    ulong* Stream(Dropout dropout)
    {
        if (!streams.TryGetValue(dropout, out var place))
        {
            // A layer that is applied twice makes two operations of one name; each draws numbers of its own.
            var earlier = streams.Keys.Count(other => other.Stream == dropout.Stream);
            var stream = earlier == 0 ? dropout.Stream : $"{dropout.Stream}#{earlier}";
            streams[dropout] = place = (nint)memory.Persistent(2);
            Seeds.Add(new SeedKernel(seed, RandomSource.HashOf(stream), (ulong*)place));
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
