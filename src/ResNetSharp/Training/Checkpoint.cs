using System.Text;
using System.Text.Json;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Quantization;

namespace ResNetSharp.Training;

/// <summary>
/// A model in a safetensors file: parameters under PyTorch's names and in PyTorch's order, and what they need beside them as metadata. A
/// checkpoint of a training also has the optimizer's memory, so that a resumed run ends bitwise where the unbroken one ends.
/// </summary>
internal static class Checkpoint
{
    const string OptimizerPrefix = "optimizer.";

    /// <summary>Writes a model, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="withTraining">Whether the training's state goes in, too.</param>
    public static void Save(string path, Model model, bool withTraining)
    {
        var tensors = new List<StoredTensor>();
        foreach (var parameter in model.Parameters)
            if (model.Calibration?.WeightScales.GetValueOrDefault(parameter.Name) is { } scales) tensors.AddRange(QuantizedFile.Store(parameter, scales));
            else tensors.Add(Stored(parameter.Name, parameter, parameter.Values));
        var metadata = Describe(model);
        if (withTraining && model is { Compiled: { } compiled, TrainingState: { } state })
        {
            var optimizer = compiled.OptimizerState;
            for (var slot = 0; slot < optimizer.Optimizer.Slots.Count; slot++)
                foreach (var parameter in optimizer.Parameters)
                    tensors.Add(Stored($"{OptimizerPrefix}{optimizer.Optimizer.Slots[slot]}.{parameter.Name}", parameter, optimizer.Slot(parameter, slot)));
            metadata["training"] = TrainingStateJson.Write(state, optimizer.Steps);
        }
        SafeTensors.Write(path, tensors, metadata);
    }

    /// <summary>Puts the state of a training back, after the model was compiled as before. Changes nothing if the file does not fit.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="compiled">What it was compiled to.</param>
    /// <param name="metrics">How many metrics it was compiled with.</param>
    /// <exception cref="InvalidDataException">The file has no training state, or one of another optimizer or other metrics.</exception>
    public static void Resume(string path, Model model, CompiledModel compiled, int metrics)
    {
        using var file = WeightFile.Open(path);
        if (!file.Metadata.TryGetValue("training", out var json))
            throw new InvalidDataException($"'{path}' holds no state of a training to resume; it was saved after training or by another program");
        var (state, steps) = TrainingStateJson.Read(json, path);
        if (state.Sums.Length != metrics + 1)
            throw new InvalidDataException($"'{path}' is of a training with {state.Sums.Length - 1} metrics, but the model is compiled with {metrics}; compile it as it was");
        var slots = FindSlots(file, path, compiled.OptimizerState);
        LoadWeights(file, model, strict: true);
        foreach (var (parameter, slot, stored) in slots)
            TorchLayout.FromTorch(stored.ToFloats(), parameter.Shape, compiled.OptimizerState.Slot(parameter, slot));
        (model.TrainingState, compiled.OptimizerState.Steps) = (state, steps);
    }

    /// <summary>The optimizer's memory in a file.</summary>
    /// <exception cref="InvalidDataException">It is that of another optimizer, or of other layers.</exception>
    static List<(Parameter Parameter, int Slot, StoredTensor Stored)> FindSlots(WeightFile file, string path, OptimizerState optimizer)
    {
        const string advice = "resume with the optimizer and the frozen layers that it was saved with";
        var found = new List<(Parameter Parameter, int Slot, StoredTensor Stored)>();
        var known = new HashSet<string>();
        for (var slot = 0; slot < optimizer.Optimizer.Slots.Count; slot++)
            foreach (var parameter in optimizer.Parameters)
            {
                var name = $"{OptimizerPrefix}{optimizer.Optimizer.Slots[slot]}.{parameter.Name}";
                if (!file.TryGet(name, out var stored) || stored.Shape != TorchLayout.ShapeOf(parameter.Shape))
                    throw new InvalidDataException($"'{path}' has no '{name}' of shape {TorchLayout.ShapeOf(parameter.Shape)}; {advice}");
                known.Add(name);
                found.Add((parameter, slot, stored));
            }
        var other = file.Select(t => t.Name).FirstOrDefault(n => n.StartsWith(OptimizerPrefix, StringComparison.Ordinal) && !known.Contains(n));
        return other is null ? found : throw new InvalidDataException($"'{path}' has '{other}', which the model's optimizer does not keep; {advice}");
    }

    /// <summary>Copies a file's tensors into a model's parameters, by name.</summary>
    /// <exception cref="InvalidDataException">Strict, and something does not fit.</exception>
    public static LoadReport LoadWeights(WeightFile file, Model model, bool strict)
    {
        var parameters = model.Parameters;
        var known = parameters.Select(p => p.Name).ToHashSet();
        var calibration = QuantizedFile.Read(file, parameters);
        var tensors = new Dictionary<string, StoredTensor>();
        foreach (var tensor in file) tensors.TryAdd(known.Contains(tensor.Name) ? tensor.Name : FormerNames.ToCurrent(tensor.Name), tensor);
        List<string> missing = [], misshapen = [];
        var fitting = new List<(Parameter Parameter, StoredTensor Stored)>();
        foreach (var parameter in parameters)
        {
            var expected = TorchLayout.ShapeOf(parameter.Shape);
            if (!tensors.TryGetValue(parameter.Name, out var stored)) missing.Add(parameter.Name);
            else if (stored.Shape != expected) misshapen.Add($"{parameter.Name} is {stored.Shape}, not {expected}");
            else fitting.Add((parameter, stored));
        }
        var unexpected = tensors.Keys
            .Where(n => !known.Contains(n) && !n.StartsWith(OptimizerPrefix, StringComparison.Ordinal) && !n.EndsWith("num_batches_tracked", StringComparison.Ordinal)
                && !(calibration is not null && QuantizedFile.IsScale(n, calibration.WeightScales.ContainsKey)));
        var report = new LoadReport(fitting.Count, missing, [.. unexpected], misshapen);
        if (strict && !report.IsComplete)
            throw new InvalidDataException($"'{file.Name}' does not fit the model ({report}); load it as partial to take what fits");
        WeightTransfer.Fill(fitting, TorchLayout.FromTorch, calibration is null ? null : (parameter, numbers) =>
        {
            if (calibration.WeightScales.GetValueOrDefault(parameter.Name) is { } scales) QuantizedFile.ToNumbers(numbers, scales);
        });
        if (calibration is not null) model.UseCalibration(calibration);
        return report;
    }

    static StoredTensor Stored(string name, Parameter parameter, ReadOnlySpan<float> values)
    {
        var torch = new float[values.Length];
        TorchLayout.ToTorch(values, parameter.Shape, torch);
        return StoredTensor.Create(name, TorchLayout.ShapeOf(parameter.Shape), torch);
    }

    /// <summary>What files say about a model besides its weights.</summary>
    internal static Dictionary<string, string> Describe(Model model)
    {
        var metadata = new Dictionary<string, string> { ["format"] = "resnetsharp 1" };
        if (model.Architecture is not null) metadata["architecture"] = model.Architecture;
        if (model.InputShape is { } shape) metadata["input"] = string.Join('x', shape.Skip(1).Select(e => e == Shape.Unknown ? "?" : $"{e}"));
        if (model.ClassNames.Count > 0) metadata["classes"] = Json(writer =>
        {
            writer.WriteStartArray();
            foreach (var name in model.ClassNames) writer.WriteStringValue(name);
            writer.WriteEndArray();
        });
        if (model.Calibration is { } calibration) metadata[QuantizedFile.Key] = QuantizedFile.Describe(calibration);
        if (model.Preprocessing is not null) metadata["preprocessing"] = PreprocessingJson.Write(model.Preprocessing);
        return metadata;
    }

    /// <summary>A JSON text.</summary>
    internal static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
