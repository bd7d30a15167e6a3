using ResNetSharp.Formats;
using ResNetSharp.Layers;

namespace ResNetSharp.Exchange;

/// <summary>Operators with weights, which become layers.</summary>
internal sealed partial class OnnxInterpreter
{
    ImportedTensor Convolve(OnnxCall call)
    {
        var (images, weights, bias) = (Images(call.Tensor(0)), call.Numbers(1), call.OptionalNumbers(2));
        if (weights.Shape.Rank != 4) throw call.Fail($"has weights of shape {weights.Shape}; convolutions of images have four axes");
        var (filters, height, width) = (weights.Shape[0], weights.Shape[2], weights.Shape[3]);
        if (call.Longs("kernel_shape") is { } said && !said.SequenceEqual([height, width]))
            throw call.Fail($"says that its windows are {string.Join('x', said)}, but has weights of shape {weights.Shape}");
        var groups = call.Long("group", 1);
        if (groups < 1 || filters < 1 || filters % groups != 0 || images.Shape[3] != (long)weights.Shape[1] * groups)
            throw call.Fail($"with weights of shape {weights.Shape} in {groups} groups does not fit images of {images.Shape[3]} channels");
        var layer = Named(new Conv2D(filters, ReadWindow(call, height, width, images.Shape), (int)groups, bias is not null), weights.Name, call.Node);
        Spend(call, weights.Shape.Size);
        var result = layer.Apply(images);
        Fill(layer.Weight!, weights);
        layer.Weight!.Steps = Steps(weights, 0);
        if (bias is not null) Fill(call, layer.Bias!, bias);
        return new ImportedTensor(result, AxisOrder.Images);
    }

    ImportedTensor MultiplyAdd(OnnxCall call)
    {
        if (call.Long("transA", 0) != 0) throw call.Fail("turns its rows over (transA), which is not supported");
        var (alpha, beta) = (call.Float("alpha", 1), call.Float("beta", 1));
        return Dense(call, call.Numbers(1), call.Long("transB", 0) != 0, alpha, call.OptionalNumbers(2), beta, call.Node);
    }

    /// <summary>A product of rows, with the addition of a bias where one follows.</summary>
    ImportedTensor Multiply(OnnxCall call)
    {
        var weights = call.Numbers(1);
        if (OnlyConsumer(call.Output) is { Operator: "Add", Inputs.Count: 2 } add && values.GetValueOrDefault(add.Inputs[0] == call.Output ? add.Inputs[1] : add.Inputs[0]) is ImportedNumbers bias
            && weights.Shape.Rank == 2 && bias.Shape == new Shape(weights.Shape[1]))
        {
            done.Add(add);
            var made = Dense(call, weights, turned: false, 1, bias, 1, call.Node);
            values[add.Outputs[0]] = made;
            return made;
        }
        return Dense(call, weights, turned: false, 1, null, 1, call.Node);
    }

    ImportedTensor Dense(OnnxCall call, ImportedNumbers weights, bool turned, float alpha, ImportedNumbers? bias, float beta, OnnxNode node)
    {
        var rows = call.Tensor(0);
        if (rows.Order.Rank != 2 || weights.Shape.Rank != 2) throw call.Fail($"multiplies shapes {rows.Shape} and {weights.Shape}; rows of a dense layer and its weights have two axes");
        var (inputs, units) = turned ? (weights.Shape[1], weights.Shape[0]) : (weights.Shape[0], weights.Shape[1]);
        if (rows.Shape[1] != inputs || units < 1) throw call.Fail($"cannot multiply rows of shape {rows.Shape} with weights of shape {weights.Shape}");
        var layer = Named(new Dense(units, useBias: bias is not null), weights.Name, node);
        Spend(call, weights.Shape.Size);
        var result = layer.Apply(Arranged(rows, AxisOrder.Identity(2)));
        if (turned) Fill(layer.Weight!, weights);
        else layer.Weight!.SetValues(weights.Read());
        if (alpha == 1) layer.Weight!.Steps = Steps(weights, turned ? 0 : 1);
        if (bias is not null) Fill(call, layer.Bias!, bias);
        if (alpha != 1) Scale(layer.Weight!, alpha);
        if (beta != 1 && bias is not null) Scale(layer.Bias!, beta);
        return new ImportedTensor(result, AxisOrder.Identity(2));
    }

    ImportedTensor Normalize(OnnxCall call)
    {
        if (call.Long("training_mode", 0) != 0) throw call.Fail("is in training mode; export the model for inference");
        if (call.Long("spatial", 1) != 1) throw call.Fail("normalizes each pixel by itself (spatial=0), which is not supported");
        var value = call.Tensor(0);
        if (value.Order.Rank < 2) throw call.Fail($"needs an axis of channels, but got shape {value.Shape}");
        var order = AxisOrder.ChannelsFirst(value.Order.Rank);
        // ONNX' momentum is the part of the old statistics that is kept.
        var layer = Named(new BatchNormalization(call.Float("epsilon", 1e-5f), call.Float("momentum", 0.9f), unbiasedVariance: true), call.Numbers(1).Name, call.Node);
        var result = layer.Apply(Arranged(value, order));
        foreach (var (parameter, i) in layer.OwnParameters.Select((p, i) => (p, i))) Fill(call, parameter, call.Numbers(i + 1));
        return new ImportedTensor(result, order);
    }

    ImportedTensor NormalizeGroups(OnnxCall call)
    {
        var (scale, bias, groups) = (call.Numbers(1), call.Numbers(2), call.Long("num_groups", 1));
        return NormalizeGroups(call, call.Tensor(0), groups, call.Float("epsilon", 1e-5f), scale, bias);
    }

    ImportedTensor NormalizeGroups(OnnxCall call, ImportedTensor value, long groups, float epsilon, ImportedNumbers scale, ImportedNumbers bias)
    {
        if (value.Order.Rank < 3 || groups < 1 || groups > value.Shape[1]) throw call.Fail($"cannot divide shape {value.Shape} into {groups} groups");
        var order = AxisOrder.ChannelsFirst(value.Order.Rank);
        var layer = Named(new GroupNormalization((int)groups, epsilon), scale.Name, call.Node);
        var result = layer.Apply(Arranged(value, order));
        foreach (var (parameter, numbers) in layer.OwnParameters.Zip([scale, bias])) Fill(call, parameter, numbers);
        return new ImportedTensor(result, order);
    }

    /// <summary>Each channel of each image by itself is a group of one channel.</summary>
    ImportedTensor NormalizeInstances(OnnxCall call)
    {
        var value = call.Tensor(0);
        if (value.Order.Rank < 3 || value.Shape[1] == Shape.Unknown) throw call.Fail($"needs images, but got shape {value.Shape}");
        return NormalizeGroups(call, value, value.Shape[1], call.Float("epsilon", 1e-5f), call.Numbers(1), call.Numbers(2));
    }

    /// <summary>
    /// The group normalization that a reshape begins, if it does: operator sets without that operator reshape to (batch, groups, rest),
    /// normalize instances, reshape back, multiply and add.
    /// </summary>
    ImportedTensor? GroupsOf(OnnxCall call, ImportedTensor value)
    {
        if (OnlyConsumer(call.Output) is not { Operator: "InstanceNormalization", Inputs.Count: 3, Outputs.Count: 1 } instances
            || OnlyConsumer(instances.Outputs[0]) is not { Operator: "Reshape", Outputs.Count: 1 } back
            || OnlyConsumer(back.Outputs[0]) is not { Operator: "Mul", Inputs.Count: 2, Outputs.Count: 1 } multiply
            || OnlyConsumer(multiply.Outputs[0]) is not { Operator: "Add", Inputs.Count: 2, Outputs.Count: 1 } add
            || values.GetValueOrDefault(instances.Inputs[1]) is not ImportedNumbers ones || ones.Read().Any(v => v != 1)
            || values.GetValueOrDefault(instances.Inputs[2]) is not ImportedNumbers zeros || zeros.Read().Any(v => v != 0)
            || Other(multiply, back.Outputs[0]) is not { } scale || Other(add, multiply.Outputs[0]) is not { } bias)
            return null;
        var channels = value.Order.Rank > 2 ? value.Shape[1] : 0;
        if (scale.Shape.Size != channels || bias.Shape.Size != channels) return null;
        done.UnionWith([instances, back, multiply, add]);
        var epsilon = new OnnxCall(file, instances, operatorSet, []).Float("epsilon", 1e-5f);
        var made = NormalizeGroups(call, value, ones.Shape.Size, epsilon, scale, bias);
        values[add.Outputs[0]] = made;
        return made;
    }

    /// <summary>The numbers that an operator joins with a value.</summary>
    ImportedNumbers? Other(OnnxNode node, string value) => values.GetValueOrDefault(node.Inputs[node.Inputs[0] == value ? 1 : 0]) as ImportedNumbers;

    ImportedValue Drop(OnnxCall call)
    {
        var rate = call.OperatorSet < 12 ? call.Float("ratio", 0.5f) : call.Number(1, 0.5f);
        if (call.Input(0) is not ImportedTensor value || rate == 0) return call.Input(0);
        return new ImportedTensor(Named(new Dropout(rate), "", call.Node).Apply(value.Tensor), value.Order);
    }

    static void Fill(Parameter parameter, ImportedNumbers numbers)
    {
        TorchLayout.FromTorch(numbers.Read(), parameter.Shape, parameter.Values);
        parameter.MarkChanged();
    }

    /// <summary>One number for each channel, or one for all.</summary>
    static void Fill(OnnxCall call, Parameter parameter, ImportedNumbers numbers)
    {
        var values = numbers.Read();
        if (values.Length == 1) parameter.Values.Fill(values[0]);
        else if (values.Length == parameter.Shape.Size) values.CopyTo(parameter.Values);
        else throw call.Fail($"needs {parameter.Shape.Size} numbers as its {parameter.LocalName}, not {numbers.Shape}");
        parameter.MarkChanged();
    }

    static void Scale(Parameter parameter, float factor)
    {
        foreach (ref var value in parameter.Values) value *= factor;
        parameter.MarkChanged();
    }
}
