using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Graph;

/// <summary>What the computation of a node costs at least.</summary>
/// <param name="Flops">Floating-point operations of convolutions and matrix products, two for a multiply-add.</param>
/// <param name="Bytes">Bytes read and written if every input and every output passes through memory once.</param>
internal readonly record struct NodeCost(long Flops, long Bytes)
{
    /// <summary>The cost of a node.</summary>
    public static NodeCost Of(Node node) => new(2 * node.Operation.MultiplyAdds(node), node.Operation switch
    {
        ParameterUpdate update => Size(node.Inputs[0]) + 2 * (1 + update.State.Optimizer.Slots.Count) * update.Parameter.Shape.Size * sizeof(float),
        Slice => 2 * Size(node.Outputs[0]),
        _ => node.Inputs.Distinct().Sum(Size) + node.Outputs.Sum(Size),
    });

    /// <summary>The least time on a machine, in seconds, and whether arithmetic is what limits it.</summary>
    /// <param name="flopsPerSecond">Operations that the machine does in a second.</param>
    /// <param name="bytesPerSecond">Bytes that it reads in a second.</param>
    public (double Seconds, bool Compute) Limit(double flopsPerSecond, double bytesPerSecond)
    {
        var (compute, memory) = (Flops / flopsPerSecond, Bytes / bytesPerSecond);
        return (Math.Max(compute, memory), compute >= memory);
    }

    static long Size(Tensor tensor) => tensor.Shape.Size * tensor.ElementType.Size();
}
