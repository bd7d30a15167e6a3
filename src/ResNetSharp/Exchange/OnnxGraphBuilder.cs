using ResNetSharp.Formats;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

/// <summary>
/// Collects operators and weights of an ONNX graph, and knows under which names, and in which orders of axes, a tensor can be had.
/// A tensor is put in another order only where somebody asks for it.
/// </summary>
/// <param name="reserved">Names that are kept for parameters.</param>
internal sealed class OnnxGraphBuilder(IEnumerable<string> reserved)
{
    readonly List<OnnxNode> nodes = [];
    readonly List<StoredTensor> initializers = [];
    readonly Dictionary<Tensor, List<(AxisOrder Order, string Name)>> values = [];
    readonly Dictionary<string, string> numbers = [];
    readonly HashSet<string> used = [.. reserved];
    readonly Dictionary<string, Parameter> written = [];

    public IReadOnlyList<OnnxNode> Nodes => nodes;

    public IReadOnlyList<StoredTensor> Initializers => initializers;

    /// <summary>Where in the model the nodes that are added come from, such as <c>layer1.0.conv1</c>.</summary>
    public string Scope { get; set; } = "";

    /// <summary>A name that nothing has yet.</summary>
    public string NewName(string wish)
    {
        var name = wish;
        for (var i = 1; !used.Add(name); i++) name = $"{wish}_{i}";
        return name;
    }

    /// <summary>Adds an operator with one output and returns the output's name.</summary>
    public string Add(string operation, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes)
    {
        var name = NewName(Scope.Length == 0 ? operation : $"{Scope}/{operation}");
        nodes.Add(new OnnxNode(operation, inputs, [name], attributes, name));
        return name;
    }

    /// <summary>Whole numbers as an input of an operator.</summary>
    public string Integers(params long[] numbers) => Once($"i{string.Join(',', numbers)}", name => AddConstant(StoredTensor.Create(name, new Shape(numbers.Length), numbers)));

    /// <summary>A number as an input of an operator.</summary>
    public string Number(float number) => Once($"f{BitConverter.SingleToInt32Bits(number)}", name => AddConstant(StoredTensor.Create(name, new Shape(), new[] { number })));

    /// <summary>The step of bytes, which engines look for among the weights.</summary>
    public string Scale(float number) =>
        Once($"s{BitConverter.SingleToInt32Bits(number)}", name => Initialize(StoredTensor.Create(name, new Shape(), new[] { number })));

    /// <summary>The byte that stands for zero, which engines look for among the weights.</summary>
    public string Byte(byte number) => Once($"b{number}", name => Initialize(StoredTensor.Create(name, new Shape(), TensorType.UInt8, new[] { number })));

    /// <summary>Numbers as an input of an operator.</summary>
    public string Floats(Shape shape, float[] numbers) => AddConstant(StoredTensor.Create(NewName("constant"), shape, numbers));

    /// <summary>Says where a tensor is.</summary>
    public void Set(Tensor tensor, AxisOrder order, string name) => Forms(tensor).Add((order, name));

    /// <summary>Says that a tensor is another in all but shape.</summary>
    public void Alias(Tensor tensor, Tensor other)
    {
        Get(other, OrderOf(other));
        Forms(tensor).AddRange(Forms(other));
    }

    /// <summary>The order in which a tensor is most easily had; of all its own axes and no others.</summary>
    public AxisOrder OrderOf(Tensor tensor)
    {
        if (tensor.Producer.Operation is ParameterRead { Parameter: var parameter }) return AxisOrder.OfParameter(parameter.Shape.Rank);
        foreach (var (order, _) in Forms(tensor))
            if (order.IsPermutation) return order;
        return AxisOrder.Usual(tensor.Shape.Rank);
    }

    /// <summary>The name of a tensor whose axes lie in an order.</summary>
    public string Get(Tensor tensor, AxisOrder order)
    {
        Touch(tensor);
        var forms = Forms(tensor);
        foreach (var form in forms)
            if (form.Order == order) return form.Name;
        var made = tensor.Producer.Operation switch
        {
            Constant constant => Write(constant, order),
            QuantizedConstant quantized => Write(quantized, order),
            _ => Convert(forms, tensor.Shape, order),
        };
        forms.Add((order, made));
        return made;
    }

    /// <summary>A form of a tensor whose elements lie in our sequence.</summary>
    public (AxisOrder Order, string Name) InSequence(Tensor tensor)
    {
        Touch(tensor);
        foreach (var form in Forms(tensor))
            if (form.Order.KeepsSequence(tensor.Shape)) return form;
        var order = AxisOrder.Identity(tensor.Shape.Rank);
        return (order, Get(tensor, order));
    }

    /// <summary>Gives a tensor the name <c>output</c>.</summary>
    public string NameOutput(Tensor tensor, AxisOrder order)
    {
        var (from, to) = (Get(tensor, order), NewName("output"));
        var maker = nodes.FindIndex(n => n.Outputs[0] == from);
        if (maker < 0)
        {
            nodes.Add(new OnnxNode("Identity", [from], [to], [], to));
            return to;
        }
        for (var i = maker; i < nodes.Count; i++)
            nodes[i] = nodes[i] with { Inputs = [.. nodes[i].Inputs.Select(n => n == from ? to : n)], Outputs = [.. nodes[i].Outputs.Select(n => n == from ? to : n)] };
        return to;
    }

    /// <summary>Adds a Reshape to extents of which some are open.</summary>
    public string Reshape(string name, Shape from, Shape to)
    {
        var open = to.Count(e => e == Shape.Unknown);
        var extents = new long[to.Rank];
        for (var i = 0; i < extents.Length; i++)
        {
            // In ONNX 0 keeps the extent at this place, and one -1 follows from the others.
            var keeps = open > 1 && i < from.Rank && from[i] == Shape.Unknown;
            extents[i] = keeps ? 0 : to[i];
            if (keeps) open--;
        }
        if (extents.Count(e => e == Shape.Unknown) > 1)
            throw new NotSupportedException($"a reshape from {from} to {to} with so many open extents cannot be exported to ONNX; build the model for pictures of a fixed size");
        return Add("Reshape", [name, Integers(extents)]);
    }

    List<(AxisOrder Order, string Name)> Forms(Tensor tensor)
    {
        if (!values.TryGetValue(tensor, out var forms)) values[tensor] = forms = [];
        return forms;
    }

    /// <summary>Writes a parameter down when it is first used.</summary>
    void Touch(Tensor tensor)
    {
        if (ParameterRead.Of(tensor) is not { } parameter || Forms(tensor).Count > 0) return;
        var order = AxisOrder.OfParameter(parameter.Shape.Rank);
        // Weights that two normalizations share become two when these are folded in.
        var name = written.TryGetValue(parameter.Name, out var other) && other != parameter ? NewName(parameter.Name) : parameter.Name;
        if (written.TryAdd(name, parameter)) initializers.Add(new ParameterTensor(name, parameter));
        Set(tensor, order, name);
    }

    string Convert(List<(AxisOrder Order, string Name)> forms, Shape shape, AxisOrder order)
    {
        foreach (var (from, name) in forms)
            if (from.KeepsSequence(shape) && order.KeepsSequence(shape))
                return order.Rank == 2 && order[0] == 0 && from[0] == 0
                    ? Add("Flatten", [name], new OnnxAttribute("axis", 1))
                    : Reshape(name, from.ShapeOf(shape), order.ShapeOf(shape));
        var (start, result) = forms[0];
        if (!start.IsPermutation) (start, result) = (Bare(start), Reshape(result, start.ShapeOf(shape), Bare(start).ShapeOf(shape)));
        var bare = Bare(order);
        if (start != bare) result = Add("Transpose", [result], new OnnxAttribute("perm", [.. bare.Select(axis => (long)start.IndexOf(axis))]));
        return bare == order ? result : Reshape(result, bare.ShapeOf(shape), order.ShapeOf(shape));
    }

    static AxisOrder Bare(AxisOrder order) => [.. order.Where(axis => axis != AxisOrder.Unit)];

    string Write(Constant constant, AxisOrder order) => constant.Shape.Rank == 0 && order.Rank == 0
        ? Number(constant.Values[0])
        : Floats(order.ShapeOf(constant.Shape), order.Arrange(constant.Values, constant.Shape));

    /// <summary>Integers, and the operator that makes numbers of them.</summary>
    string Write(QuantizedConstant constant, AxisOrder order)
    {
        var integers = Initialize(constant.Store(NewName($"{constant.Name}_quantized"), order));
        var scales = Initialize(StoredTensor.Create(NewName($"{constant.Name}_scale"), new Shape(constant.Scales.Length), constant.Scales));
        var zeros = Initialize(constant.Zeros(NewName($"{constant.Name}_zero_point")));
        return Add("DequantizeLinear", [integers, scales, zeros], new OnnxAttribute("axis", order.IndexOf(constant.Shape.Rank - 1)));
    }

    string Once(string key, Func<string, string> make)
    {
        if (!numbers.TryGetValue(key, out var name)) numbers[key] = name = make(NewName("constant"));
        return name;
    }

    string Initialize(StoredTensor tensor)
    {
        initializers.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Numbers that are no parameters are operators, so that whoever reads the weights finds parameters alone.</summary>
    string AddConstant(StoredTensor tensor)
    {
        nodes.Add(new OnnxNode("Constant", [], [tensor.Name], [new OnnxAttribute("value", tensor)], tensor.Name));
        return tensor.Name;
    }
}
