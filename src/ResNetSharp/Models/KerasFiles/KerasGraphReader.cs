using System.Text.Json;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>Makes networks from a Keras model's configuration: Functional and Sequential models, and such models as layers of others.</summary>
/// <param name="layerReader">Makes the layers.</param>
internal sealed class KerasGraphReader(KerasLayerReader layerReader)
{
    const int MaxLayers = 10_000, MaxDepth = 16, MaxApplications = 100_000, MaxInputs = 1000;

    /// <summary>No tensor of a network has more elements, for one image.</summary>
    const long MaxElements = 1L << 28;

    int layers;
    int applications;

    /// <summary>A model with its layers as the file has them.</summary>
    public sealed record Network(Model Model, IReadOnlyList<KerasPart> Parts);

    /// <summary>Makes a model.</summary>
    /// <param name="json">The object with <c>class_name</c> and <c>config</c>.</param>
    /// <param name="depth">How many models this one is inside of.</param>
    /// <param name="input">The shape of the input, for a stack that does not say it.</param>
    public Network Read(KerasSettings json, int depth = 0, Shape? input = null)
    {
        var className = json.FindText("class_name") ?? throw json.Fail("the model's configuration does not name its class");
        return className switch
        {
            "Functional" or "Model" => Functional(json.Get("config"), depth),
            "Sequential" => Sequential(json.Get("config"), depth, input),
            _ => throw json.Fail($"models of the class {className} are described by Python code, which is not in the file; only Functional and Sequential models can be made again"),
        };
    }

    static bool IsModel(string className) => className is "Functional" or "Model" or "Sequential";

    Network Sequential(KerasSettings config, int depth, Shape? given)
    {
        var name = config.Json.ValueKind == JsonValueKind.Array ? null : config.FindText("name");
        var entries = (config.Json.ValueKind == JsonValueKind.Array ? config : config.Get("layers")).Items("layers");
        if (entries.Length == 0) throw config.Fail("the model has no layers");
        var shape = given;
        if (entries[0].Find("config") is { } first && InputShape(first) is { } own) shape = own;
        else if (config.Json.ValueKind == JsonValueKind.Object && config.Find("build_input_shape") is { } built) shape = built.Shape("build_input_shape");
        var input = Tensor.Input(shape ?? throw config.Fail("the configuration does not say what shape the model's inputs have"));
        var parts = new List<KerasPart>();
        var x = input;
        foreach (var entry in entries)
        {
            if (entry.FindText("class_name") == "InputLayer") continue;
            var part = ReadPart(entry, depth, x.Shape);
            x = Apply(part, [x], entry);
            parts.Add(part);
        }
        if (parts.Count == 0) throw config.Fail("the model has no layers");
        return new Network(new Model(input, x) { Name = name }, parts);
    }

    Network Functional(KerasSettings config, int depth)
    {
        var calls = new List<Call>();
        var parts = new List<KerasPart>();
        var entries = new Dictionary<string, KerasSettings>();
        Tensor? input = null;
        var (inputName, _) = End(config, "input_layers");
        foreach (var entry in config.Get("layers").Items("layers"))
        {
            var name = NameOf(entry);
            if (!entries.TryAdd(name, entry)) throw entry.Fail($"there are two layers '{name}'");
            if (entry.FindText("class_name") == "InputLayer")
            {
                if (input is not null || name != inputName) throw entry.Fail($"'{name}' is another input; only models with one input are supported");
                input = Tensor.Input(InputShape(entry.Get("config")) ?? throw entry.Fail($"layer '{name}' does not say what shape the inputs have"));
                parts.Add(new KerasPart { Name = name, ClassName = "InputLayer", Apply = inputs => inputs[0] });
                continue;
            }
            var nodes = entry.Get("inbound_nodes").Items("inbound_nodes");
            if (nodes.Length == 0) throw entry.Fail($"layer '{name}' is applied to nothing");
            for (var i = 0; i < nodes.Length; i++) calls.Add(new Call(name, i, nodes.Length, Sources(nodes[i]), entry));
        }
        if (input is null) throw config.Fail($"the input '{inputName}' is not among the layers");
        var output = End(config, "output_layers");
        var made = Connect(calls, inputName, input, output, depth, parts);
        return new Network(new Model(input, made) { Name = config.FindText("name") }, InOrder(parts, entries.Keys));
    }

    /// <summary>A place in which a layer stands.</summary>
    sealed record Call(string Name, int Index, int Places, (string Name, int Node)[] Sources, KerasSettings Entry);

    static List<KerasPart> InOrder(List<KerasPart> parts, IEnumerable<string> names)
    {
        var byName = parts.ToDictionary(part => part.Name);
        return [.. names.Where(byName.ContainsKey).Select(name => byName[name])];
    }

    /// <summary>Applies the layers, each as soon as its inputs are there.</summary>
    Tensor Connect(List<Call> calls, string inputName, Tensor input, (string Name, int Node) output, int depth, List<KerasPart> parts)
    {
        // A model that is used as a layer was applied once before, to its own input; files may count that.
        var shifts = new Dictionary<string, int>();
        foreach (var (name, node) in calls.SelectMany(call => call.Sources).Append(output))
            shifts[name] = Math.Max(shifts.GetValueOrDefault(name), node);
        foreach (var call in calls.Where(call => call.Index == 0))
            if (shifts.TryGetValue(call.Name, out var last)) shifts[call.Name] = last >= call.Places && IsModel(call.Entry.FindText("class_name") ?? "") ? last + 1 - call.Places : 0;
        shifts[inputName] = 0;
        var made = new Dictionary<(string, int), Tensor> { [(inputName, 0)] = input };
        var known = new Dictionary<string, KerasPart>();
        while (calls.Count > 0)
        {
            var waiting = new List<Call>();
            foreach (var call in calls)
            {
                var inputs = Array.ConvertAll(call.Sources, source => made.GetValueOrDefault((source.Name, source.Node - shifts.GetValueOrDefault(source.Name))));
                if (Array.Exists(inputs, tensor => tensor is null))
                {
                    waiting.Add(call);
                    continue;
                }
                if (!known.TryGetValue(call.Name, out var part))
                {
                    known.Add(call.Name, part = ReadPart(call.Entry, depth, inputs[0]!.Shape));
                    parts.Add(part);
                }
                made[(call.Name, call.Index)] = Apply(part, inputs!, call.Entry);
            }
            if (waiting.Count == calls.Count) throw calls[0].Entry.Fail($"layer '{calls[0].Name}' is applied to something that is not in the model");
            calls = waiting;
        }
        return made.TryGetValue((output.Name, output.Node - shifts.GetValueOrDefault(output.Name)), out var result)
            ? result
            : throw new InvalidDataException($"{parts[0].Name}: the output '{output.Name}' is not among the layers.");
    }

    KerasPart ReadPart(KerasSettings entry, int depth, Shape input)
    {
        if (++layers > MaxLayers) throw entry.Fail($"the model has more than {MaxLayers} layers");
        var className = entry.FindText("class_name") ?? throw entry.Fail("a layer does not name its class");
        var name = NameOf(entry);
        var settings = entry.Get("config") with { Owner = $"{entry.Owner}: layer '{name}' of the class {className}" };
        if (IsModel(className)) return Inner(entry, name, className, depth, input);
        var module = entry.FindText("module") ?? "";
        return module.StartsWith("keras.src.ops", StringComparison.Ordinal) || module.StartsWith("keras.ops", StringComparison.Ordinal)
            ? KerasLayerReader.ReadOperation(className, name, settings)
            : layerReader.Read(className, name, settings);
    }

    KerasPart Inner(KerasSettings entry, string name, string className, int depth, Shape input)
    {
        if (depth >= MaxDepth) throw entry.Fail($"models are nested more than {MaxDepth} deep");
        var before = applications;
        var network = Read(entry, depth + 1, input);
        network.Model.Name = name;
        var config = entry.Get("config");
        return new KerasPart
        {
            Name = name,
            ClassName = className,
            Inner = network.Parts,
            IsTrainable = config.Json.ValueKind != JsonValueKind.Object || config.Flag("trainable", true),
            Freeze = network.Model.Freeze,
            Cost = applications - before,
            Apply = inputs => inputs is [var only] ? network.Model.Apply(only) : throw new ShapeException($"one input is needed, but there are {inputs.Length}"),
        };
    }

    Tensor Apply(KerasPart part, Tensor[] inputs, KerasSettings entry)
    {
        applications += part.Cost;
        if (applications > MaxApplications) throw entry.Fail($"the model applies more than {MaxApplications} layers");
        try
        {
            var output = part.Apply(inputs);
            if (!part.IsTrainable) part.Freeze();
            long elements = 1;
            foreach (var extent in output.Shape) elements = Math.Min(elements * Math.Max(1, extent), MaxElements + 1);
            return elements <= MaxElements ? output : throw new ShapeException($"an output of shape {output.Shape} is too large");
        }
        catch (Exception e) when (e is ShapeException or ArgumentException or OverflowException)
        {
            throw entry.Fail($"layer '{part.Name}' of the class {part.ClassName} cannot be applied: {e.Message.TrimEnd('.')}", e);
        }
    }

    static string NameOf(KerasSettings entry) =>
        entry.FindText("name") ?? entry.Find("config")?.FindText("name") ?? throw entry.Fail("a layer has no name");

    static Shape? InputShape(KerasSettings config) => config.Find("batch_shape", "batch_input_shape")?.Shape("batch_shape");

    /// <summary>The only input or output of a model: a layer and the place in which it stands.</summary>
    static (string Name, int Node) End(KerasSettings config, string member)
    {
        var ends = config.Get(member);
        // Keras 3 names one alone without a list around it.
        if (ends.Json.ValueKind == JsonValueKind.Array && ends.Items(member) is [{ Json.ValueKind: JsonValueKind.String }, ..]) return Reference(ends);
        if (ends.Json.ValueKind != JsonValueKind.Array || ends.Items(member) is not [var only])
            throw config.Fail($"the model has several {(member == "input_layers" ? "inputs" : "outputs")}; only models with one are supported");
        return Reference(only);
    }

    static (string Name, int Node) Reference(KerasSettings reference)
    {
        var items = reference.Items("a reference to a layer");
        if (items.Length < 3 || items[0].Json.ValueKind != JsonValueKind.String) throw reference.Fail("a reference to a layer is not its name with two numbers");
        if (items[2].Extent("the number of an output", 0) != 0) throw reference.Fail($"layer '{items[0].Json}' is used for a second output, which no supported layer has");
        return (items[0].Text("the name of a layer"), items[1].Extent("the number of a place", 0));
    }

    /// <summary>What a layer is applied to: in Keras 3 tensors among the arguments of a call, before that a list of references.</summary>
    static (string Name, int Node)[] Sources(KerasSettings node)
    {
        var found = new List<(string, int)>();
        if (node.Json.ValueKind == JsonValueKind.Object)
        {
            foreach (var argument in node.Get("args").Items("args")) AddTensors(argument, found, 0);
            if (node.Find("kwargs") is { } named) RefuseTraining(named);
        }
        else
        {
            foreach (var reference in node.Items("inbound_nodes"))
            {
                found.Add(Reference(reference));
                if (reference.Items("inbound_nodes") is [_, _, _, var named, ..] && named.Json.ValueKind == JsonValueKind.Object) RefuseTraining(named);
            }
        }
        if (found.Count is 0 or > MaxInputs) throw node.Fail($"a layer is applied to {found.Count} tensors");
        return [.. found];
    }

    static void RefuseTraining(KerasSettings named)
    {
        if (named.Find("training") is { Json.ValueKind: JsonValueKind.True }) throw named.Fail("a layer is applied as in training, which is not supported");
    }

    static void AddTensors(KerasSettings argument, List<(string, int)> found, int depth)
    {
        if (argument.Json.ValueKind == JsonValueKind.Array && depth < 2)
        {
            foreach (var item in argument.Items("args")) AddTensors(item, found, depth + 1);
            return;
        }
        if (argument.Json.ValueKind != JsonValueKind.Object || argument.FindText("class_name") != "__keras_tensor__")
            throw argument.Fail($"a layer is applied to {argument.Json.GetRawText()[..Math.Min(40, argument.Json.GetRawText().Length)]}, not only to tensors");
        found.Add(Reference(argument.Get("config").Get("keras_history")));
    }
}
