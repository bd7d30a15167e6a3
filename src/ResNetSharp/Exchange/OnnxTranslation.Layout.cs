using ResNetSharp.Formats;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

internal sealed partial class OnnxTranslation
{
    void ChangeShape(Tensor input, Tensor output)
    {
        var (order, name) = builder.InSequence(input);
        var (from, to) = (order.ShapeOf(input.Shape), output.Shape);
        if (to.Rank == 2 && from[0] == to[0] && order[0] == 0)
        {
            Emit(output, AxisOrder.Identity(2), "Flatten", [name], new OnnxAttribute("axis", 1));
            return;
        }
        var usual = AxisOrder.Usual(to.Rank);
        if (!usual.KeepsSequence(to)) usual = AxisOrder.Identity(to.Rank);
        var target = usual.ShapeOf(to);
        var isSame = target == from && target.Count(e => e == Shape.Unknown) <= 1;
        builder.Set(output, usual, isSame ? name : builder.Reshape(name, from, target));
    }

    void Surround(Pad pad, Tensor input, Tensor output)
    {
        var order = builder.OrderOf(input);
        long[] amounts = [.. order.Select(axis => (long)pad.Before[axis]), .. order.Select(axis => (long)pad.After[axis])];
        string[] inputs = [builder.Get(input, order), builder.Integers(amounts)];
        Emit(output, order, "Pad", pad.Value == 0 ? inputs : [.. inputs, builder.Number(pad.Value)]);
    }

    void Cut(Slice slice, Tensor input, Tensor output)
    {
        var order = builder.OrderOf(input);
        var axes = order.Where(axis => slice.Starts[axis] != 0 || slice.Ends[axis] != int.MaxValue || slice.Steps[axis] != 1).ToArray();
        string Numbers(Func<int, int> of) => builder.Integers([.. axes.Select(axis => (long)of(axis))]);
        Emit(output, order, "Slice",
            [builder.Get(input, order), Numbers(axis => slice.Starts[axis]), Numbers(axis => slice.Ends[axis]), Numbers(order.IndexOf), Numbers(axis => slice.Steps[axis])]);
    }

    void Join(Concatenate concatenate, Node node)
    {
        var order = builder.OrderOf(node.Inputs.FirstOrDefault(t => t.Producer.Operation is not Leaf) ?? node.Inputs[0]);
        Emit(node.Outputs[0], order, "Concat", [.. node.Inputs.Select(t => builder.Get(t, order))], new OnnxAttribute("axis", order.IndexOf(concatenate.Axis)));
    }
}
