using ResNetSharp.Cpu;
using ResNetSharp.Formats;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

internal sealed partial class OnnxTranslation
{
    void Apply(Unary unary, Tensor input, Tensor output)
    {
        var order = builder.OrderOf(input);
        builder.Set(output, order, Apply(unary, builder.Get(input, order)));
    }

    string Apply(Unary unary, string x) => unary.Function switch
    {
        UnaryFunction.Relu6 => builder.Add("Clip", [x, builder.Number(0), builder.Number(6)]),
        UnaryFunction.LeakyRelu => builder.Add("LeakyRelu", [x], new OnnxAttribute("alpha", unary.Parameter)),
        UnaryFunction.Elu => builder.Add("Elu", [x], new OnnxAttribute("alpha", unary.Parameter)),
        UnaryFunction.HardSigmoid => builder.Add("HardSigmoid", [x], new OnnxAttribute("alpha", 1 / 6f), new OnnxAttribute("beta", 0.5f)),
        UnaryFunction.Gelu => Gelu(x, builder.Add("Erf", [Times(x, (float)Math.Sqrt(0.5))])),
        UnaryFunction.GeluTanh => Gelu(x, builder.Add("Tanh", [Times(builder.Add("Add", [x, Times(builder.Add("Mul", [x, Squared(x)]), 0.044715f)]), (float)Math.Sqrt(2 / Math.PI))])),
        UnaryFunction.Silu => builder.Add("Mul", [x, builder.Add("Sigmoid", [x])]),
        UnaryFunction.Square => Squared(x),
        UnaryFunction.Negate => builder.Add("Neg", [x]),
        // The others have ONNX' own names.
        var function => builder.Add($"{function}", [x]),
    };

    /// <summary>x / 2 * (1 + inner).</summary>
    string Gelu(string x, string inner) => builder.Add("Mul", [Times(x, 0.5f), builder.Add("Add", [inner, builder.Number(1)])]);

    string Squared(string x) => builder.Add("Mul", [x, x]);

    string Times(string x, float factor) => builder.Add("Mul", [x, builder.Number(factor)]);

    void Combine(Binary binary, Node node)
    {
        var output = node.Outputs[0];
        // The larger input stays as it lies; numbers can be written down in any order.
        var leading = node.Inputs.Where(t => t.Shape.Rank == output.Shape.Rank).OrderBy(t => t.Producer.Operation is Leaf)
            .ThenByDescending(t => t.Shape == output.Shape).First();
        var order = builder.OrderOf(leading);
        var operation = binary.Function switch
        {
            BinaryFunction.Subtract => "Sub",
            BinaryFunction.Multiply => "Mul",
            BinaryFunction.Divide => "Div",
            BinaryFunction.Maximum => "Max",
            BinaryFunction.Minimum => "Min",
            _ => "Add",
        };
        Emit(output, order, operation, [.. node.Inputs.Select(t => Stretched(t, order))]);
    }

    /// <summary>A tensor whose axes lie as those of a larger one; the axes that it lacks are in front.</summary>
    string Stretched(Tensor tensor, AxisOrder order)
    {
        var lacking = order.Rank - tensor.Shape.Rank;
        if (tensor.Shape.Rank == 0) return builder.Get(tensor, AxisOrder.Identity(0));
        return builder.Get(tensor, [.. order.Select(axis => axis < lacking ? AxisOrder.Unit : axis - lacking)]);
    }

    void Collapse(Reduce reduce, Tensor input, Tensor output)
    {
        var order = builder.OrderOf(input);
        var keeps = output.Shape.Rank == input.Shape.Rank;
        long[] axes = [.. reduce.Axes.Select(axis => (long)order.IndexOf(axis)).Order()];
        var x = builder.Get(input, order);
        var kept = new OnnxAttribute("keepdims", keeps ? 1 : 0);
        var name = reduce.Function switch
        {
            // Of all reductions the sum alone takes its axes as an input in this operator set.
            ReduceFunction.Sum => builder.Add("ReduceSum", [x, builder.Integers(axes)], kept),
            ReduceFunction.Mean or ReduceFunction.Max => builder.Add($"Reduce{reduce.Function}", [x], new OnnxAttribute("axes", axes), kept),
            _ => throw new NotSupportedException($"operation {reduce.Name} in '{builder.Scope}' cannot be exported to ONNX"),
        };
        AxisOrder left = [.. order.Where(axis => !reduce.Axes.Contains(axis)).Select(axis => axis - reduce.Axes.Count(gone => gone < axis))];
        builder.Set(output, keeps ? order : left, name);
    }
}
