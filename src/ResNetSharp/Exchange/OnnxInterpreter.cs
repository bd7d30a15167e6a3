using ResNetSharp.Formats;
using ResNetSharp.Layers;

namespace ResNetSharp.Exchange;

/// <summary>
/// Describes an ONNX graph in this library's operations, operator by operator. Transposes are kept in mind rather than computed: every value
/// knows how its axes lie in the file, and is turned only where an operator needs it otherwise.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="file">The file, for messages.</param>
/// <param name="operatorSet">The version of ONNX' operators.</param>
/// <param name="fixedBatch">The batch that the file is made for; null if open.</param>
internal sealed partial class OnnxInterpreter(OnnxGraph graph, string file, long operatorSet, long? fixedBatch)
{
    readonly Dictionary<string, ImportedValue> values = [];
    readonly HashSet<OnnxNode> done = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<string> layerNames = [];
    Dictionary<string, List<OnnxNode>> consumers = [];

    /// <summary>How many numbers may still be made of those that the file has; keeps small files from becoming large models.</summary>
    long budget = 1 << 22;

    /// <summary>Describes the output, given the input.</summary>
    public Tensor Run(string inputName, ImportedTensor input, string outputName)
    {
        foreach (var tensor in graph.Initializers)
        {
            values[tensor.Name] = OfFile(tensor, tensor.Name);
            budget = Math.Min(budget + 4 * tensor.Count, int.MaxValue);
        }
        consumers = graph.Nodes.SelectMany(n => n.Inputs.Distinct().Select(i => (Input: i, Node: n))).Append((Input: outputName, Node: new OnnxNode("", [outputName], [], [])))
            .GroupBy(p => p.Input).ToDictionary(g => g.Key, g => g.Select(p => p.Node).ToList());
        // What follows from weights alone is wanted first, so that the patterns that operators make with weights are seen.
        foreach (var node in graph.Nodes)
            if (node.Inputs.All(name => name.Length == 0 || values.ContainsKey(name)) && done.Add(node)) Compute(node);
        values[inputName] = input;
        foreach (var node in graph.Nodes)
        {
            // What comes after a value that is wanted from inside the graph need not be known.
            if (values.ContainsKey(outputName)) break;
            if (!done.Contains(node)) Compute(node);
        }
        if (values.GetValueOrDefault(outputName) is ImportedBytes) throw new InvalidDataException($"'{file}': output '{outputName}' is of bytes; numbers are supported, as DequantizeLinear makes them");
        if (values.GetValueOrDefault(outputName) is not ImportedTensor output) throw new InvalidDataException($"'{file}': output '{outputName}' is not computed from the input");
        return Arranged(Whole(output), AxisOrder.Usual(output.Order.Rank));
    }

    void Compute(OnnxNode node)
    {
        if (node.Outputs.Count == 0) return;
        var inputs = node.Inputs.Select(name => name.Length == 0 ? null : values.GetValueOrDefault(name)
            ?? throw new InvalidDataException($"'{file}': operator {node.Operator} '{node.Name}' reads '{name}', which nothing before it makes")).ToList();
        var call = new OnnxCall(file, node, operatorSet, inputs);
        ImportedValue made;
        try
        {
            made = Compute(call);
        }
        catch (Exception e) when (e is ShapeException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new InvalidDataException(call.Fail($"cannot be computed: {e.Message}").Message, e);
        }
        if (made is ImportedTensor tensor)
        {
            Guard(call, tensor.Tensor.Shape);
            if (!inputs.Any(i => i is ImportedTensor or ImportedBytes)) made = Known(call, tensor);
        }
        values[call.Output] = made;
    }

    static ImportedValue OfFile(StoredTensor tensor, string name)
    {
        var isWhole = tensor.Type is TensorType.Int64 or TensorType.Int32 or TensorType.Bool;
        if (!isWhole || tensor.Shape.Rank > 1 || tensor.Count > ImportedIntegers.MaxCount) return new ImportedNumbers(name, tensor.Shape, tensor.ToFloats, tensor.Type);
        long?[] numbers = tensor.Type == TensorType.Int64 ? [.. tensor.ToInt64s().Select(v => (long?)v)] : [.. tensor.ToFloats().Select(v => (long?)v)];
        return new ImportedIntegers(numbers, tensor.Shape.Rank == 0);
    }

    /// <summary>What follows from the file's own numbers is computed at once.</summary>
    ImportedNumbers Known(OnnxCall call, ImportedTensor tensor)
    {
        Spend(call, tensor.Tensor.Shape.Size);
        var numbers = tensor.Order.IsPermutation ? tensor.Order.Arrange(tensor.Tensor.ToArray(), tensor.Tensor.Shape) : tensor.Tensor.ToArray();
        var name = call.Node.Inputs.FirstOrDefault(i => values.GetValueOrDefault(i) is ImportedNumbers { Shape.Rank: > 0 });
        return new ImportedNumbers(name is null ? "" : ((ImportedNumbers)values[name]).Name, tensor.Shape, () => numbers);
    }

    void Spend(OnnxCall call, long numbers)
    {
        budget -= numbers;
        if (budget < 0) throw call.Fail("makes far more numbers of the file's weights than the file has");
    }

    static void Guard(OnnxCall call, Shape shape)
    {
        var size = (Int128)1;
        foreach (var extent in shape)
        {
            size *= extent == Shape.Unknown ? 1 : extent;
            if (size > int.MaxValue) throw call.Fail($"makes a tensor of shape {shape}, which is too large");
        }
    }

    /// <summary>The only operator that reads a value, if there is one alone.</summary>
    OnnxNode? OnlyConsumer(string name) => consumers.GetValueOrDefault(name) is [var only] && only.Operator.Length > 0 ? only : null;

    /// <summary>A layer under the name that its weights have in the file, or its operator.</summary>
    T Named<T>(T layer, string weight, OnnxNode node) where T : Layer
    {
        var dot = weight.LastIndexOf('.');
        var wish = dot > 0 && weight.EndsWith(".weight", StringComparison.Ordinal) ? weight[..dot] : node.Name.Length > 0 ? node.Name : weight;
        if (wish.Length == 0) wish = node.Operator;
        var name = wish;
        for (var i = 1; !layerNames.Add(name); i++) name = $"{wish}_{i}";
        layer.Name = name;
        return layer;
    }

    ImportedValue Compute(OnnxCall call) => call.Node.Domain is "" or "ai.onnx" ? Operate(call) : throw Unknown(call);

    InvalidDataException Unknown(OnnxCall call)
    {
        var domain = call.Node.Domain.Length > 0 ? $"{call.Node.Domain}." : "";
        return new InvalidDataException($"'{file}' uses the operator {domain}{call.Node.Operator}, which is not supported");
    }

    /// <summary>Everything that can be imported.</summary>
    ImportedValue Operate(OnnxCall call) => call.Node.Operator switch
    {
        "Constant" => Constant(call),
        // PyTorch writes equal weights down once, and gives them their other names so.
        "Identity" => call.Input(0) is ImportedNumbers numbers ? new ImportedNumbers(call.Output, numbers.Shape, numbers.Read, numbers.Type) { Steps = numbers.Steps } : call.Input(0),
        "Cast" => Cast(call),
        "Dropout" => Drop(call),
        "QuantizeLinear" => Quantize(call),
        "DequantizeLinear" => Dequantize(call),
        "Conv" => Convolve(call),
        "Gemm" => MultiplyAdd(call),
        "MatMul" => Multiply(call),
        "BatchNormalization" => Normalize(call),
        "InstanceNormalization" => NormalizeInstances(call),
        "GroupNormalization" => NormalizeGroups(call),
        "MaxPool" => PoolMaxima(call),
        "AveragePool" => PoolMeans(call),
        "GlobalAveragePool" => new ImportedTensor(Images(call.Tensor(0)).GlobalAveragePooling2D(), AxisOrder.Pooled),
        "GlobalMaxPool" => new ImportedTensor(Images(call.Tensor(0)).GlobalMaxPooling2D(), AxisOrder.Pooled),
        "Relu" => Each(call, t => t.Relu()),
        "LeakyRelu" => Each(call, t => t.LeakyRelu(call.Float("alpha", 0.01f))),
        "Elu" => Each(call, t => t.Elu(call.Float("alpha", 1))),
        "Selu" => Scaled(call),
        "Sigmoid" => Each(call, t => t.Sigmoid()),
        "Tanh" => Each(call, t => t.Tanh()),
        "Softplus" => Each(call, t => t.Softplus()),
        "HardSigmoid" => HardSigmoid(call),
        "HardSwish" => Each(call, t => t.HardSwish()),
        "Erf" => Each(call, Cpu.UnaryFunction.Erf),
        "Exp" => Each(call, t => t.Exp()),
        "Log" => Each(call, t => t.Log()),
        "Sqrt" => Each(call, t => t.Sqrt()),
        "Abs" => Each(call, Cpu.UnaryFunction.Abs),
        "Neg" => Each(call, t => -t),
        "Reciprocal" => Each(call, Cpu.UnaryFunction.Reciprocal),
        "Clip" => Clip(call),
        "Pow" => Power(call),
        "Softmax" => Distribute(call, logarithm: false),
        "LogSoftmax" => Distribute(call, logarithm: true),
        "Add" or "Sum" => Combine(call, Cpu.BinaryFunction.Add),
        "Sub" => Combine(call, Cpu.BinaryFunction.Subtract),
        "Mul" => Combine(call, Cpu.BinaryFunction.Multiply),
        "Div" => Combine(call, Cpu.BinaryFunction.Divide),
        "Max" => Combine(call, Cpu.BinaryFunction.Maximum),
        "Min" => Combine(call, Cpu.BinaryFunction.Minimum),
        "ReduceMean" => Collapse(call, Cpu.ReduceFunction.Mean, axesSince: 18),
        "ReduceMax" => Collapse(call, Cpu.ReduceFunction.Max, axesSince: 18),
        "ReduceSum" => Collapse(call, Cpu.ReduceFunction.Sum, axesSince: 13),
        "Reshape" => Reshape(call),
        "Flatten" => Flatten(call),
        "Transpose" => Transpose(call),
        "Squeeze" => Squeeze(call),
        "Unsqueeze" => Unsqueeze(call),
        "Concat" => Join(call),
        "Pad" => Surround(call),
        "Slice" => Cut(call),
        "Gather" => Pick(call),
        "Shape" => Describe(call),
        _ => throw Unknown(call),
    };
}
