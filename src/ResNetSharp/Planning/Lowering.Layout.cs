using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    void LowerLayout<T>(Node node) where T : unmanaged
    {
        var (input, output) = (node.Inputs[0].Shape, node.Outputs[0].Shape);
        switch (node.Operation)
        {
            case Pad pad:
                Steps.Add(new PadKernel<T>(input.AsSpan(), pad.Before, pad.After, pad.Value, In<T>(node, 0), Out<T>(node)));
                break;
            case Slice slice:
                Steps.Add(new StridedCopyKernel<T>(output.AsSpan(), In<T>(node, 0) + Start(slice, input), Stepped(slice, input), Out<T>(node), Dense(output)));
                break;
            case SliceGradient { Forward: var slice }:
                Steps.Add(new FillKernel<T>(Out<T>(node), 0, output.Size));
                Steps.Add(new StridedCopyKernel<T>(input.AsSpan(), In<T>(node, 0), Dense(input), Out<T>(node) + Start(slice, output), Stepped(slice, output)));
                break;
            case Concatenate concatenate:
                long start = 0;
                foreach (var part in node.Inputs)
                {
                    if (!memory.LiesIn(part, node.Outputs[0], start))
                        Steps.Add(new StridedCopyKernel<T>(part.Shape.AsSpan(), (T*)memory[part], Strides(part), Out<T>(node) + start, Strides(node.Outputs[0])));
                    start += part.Shape[concatenate.Axis] * Dense(output)[concatenate.Axis];
                }
                break;
            case Transpose transpose:
                var strides = Dense(input);
                Steps.Add(new StridedCopyKernel<T>(output.AsSpan(), In<T>(node, 0), [.. transpose.Axes.Select(axis => strides[axis])], Out<T>(node), Dense(output)));
                break;
            case BroadcastTo:
                Steps.Add(new StridedCopyKernel<T>(output.AsSpan(), In<T>(node, 0), Broadcasting.Strides(input, output), Out<T>(node), Dense(output)));
                break;
            case Reduce reduce:
                Steps.Add(new ReduceKernel(reduce.Function, input, reduce.Axes, In(node, 0), Out(node)));
                break;
        }
    }

    /// <summary>The strides of a tensor that may be part of a concatenation, which only images are.</summary>
    long[] Strides(Tensor tensor)
    {
        var (shape, pitch) = (tensor.Shape, (long)memory.Pitch(tensor));
        return pitch == shape[-1] ? Dense(shape) : [shape[1] * shape[2] * pitch, shape[2] * pitch, pitch, 1];
    }

    /// <summary>Copies a tensor that an operation changes in place, where the memory planner could not let it have the same memory.</summary>
    void CopyUnlessShared<T>(Tensor from, Tensor to) where T : unmanaged
    {
        if (!memory.Share(from, to)) Steps.Add(new StridedCopyKernel<T>(to.Shape.AsSpan(), (T*)memory[from], Dense(from.Shape), (T*)memory[to], Dense(to.Shape)));
    }

    static long[] Dense(Shape shape) => StridedLoops.DenseStrides(shape.AsSpan());

    static long Start(Slice slice, Shape whole) => Dense(whole).Select((stride, axis) => stride * slice.Starts[axis]).Sum();

    static long[] Stepped(Slice slice, Shape whole) => [.. Dense(whole).Select((stride, axis) => stride * slice.Steps[axis])];
}
