using System.Text.Json;
using ResNetSharp.Exchange;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Training;

namespace ResNetSharp.Models;

/// <summary>
/// Models in files that say how to make them again: those that <see cref="Model.Save"/> and <see cref="Model.SaveCheckpoint"/> write, and whole
/// models of Keras and in ONNX.
/// </summary>
public static class ModelFile
{
    /// <summary>
    /// Makes the model that a file holds, with its weights: a safetensors file that this library wrote, with class names and preprocessing; or a
    /// Functional or Sequential model of Keras, from <c>.h5</c> (Keras 1 to 3) or <c>.keras</c>, of the layers that residual networks are made of; or
    /// an ONNX file of anyone, see <see cref="Onnx.Import(string, string)"/>.
    /// </summary>
    /// <param name="path">The file; its content tells the format.</param>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, holds weights alone, or is of an architecture that is not known or has a layer that is not supported.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Model Load(string path)
    {
        using var file = WeightFile.Open(path);
        if (file.Format is WeightFormat.Hdf5 or WeightFormat.KerasArchive)
        {
            using var keras = KerasWeights.Open(path);
            return KerasModelFile.Load(keras);
        }
        if (file.Format == WeightFormat.Onnx) return Onnx.Import(path);
        if (!file.Metadata.TryGetValue("architecture", out var architecture))
            throw new InvalidDataException($"'{path}' holds weights but not the name of their architecture; create the model by its name and load the file as weights");
        var classNames = file.Metadata.TryGetValue("classes", out var json) ? ReadNames(json, path) : [];
        var model = Create(architecture, classNames.Count > 0 ? classNames.Count : CountOutputs(file), ReadInput(file), path);
        Checkpoint.LoadWeights(file, model, strict: true);
        ReadDescription(file.Metadata, model, path);
        return model;
    }

    /// <summary>Gives a model the class names and the preprocessing that a file has for it.</summary>
    internal static void ReadDescription(IReadOnlyDictionary<string, string> metadata, Model model, string path)
    {
        if (metadata.TryGetValue("classes", out var names)) model.ClassNames = ReadNames(names, path);
        if (metadata.TryGetValue("preprocessing", out var preprocessing)) model.Preprocessing = PreprocessingJson.Read(preprocessing, path);
    }

    static Model Create(string architecture, int classes, Shape input, string path)
    {
        try
        {
            return Architectures.Create(architecture, classes, input);
        }
        catch (Exception e) when (e is ArgumentException or ShapeException)
        {
            throw new InvalidDataException($"'{path}' is a model of an architecture '{architecture}' that cannot be made: {e.Message}", e);
        }
    }

    // The classifier is the last matrix of every architecture; PyTorch's order is (out, in).
    static int CountOutputs(WeightFile file) => file.LastOrDefault(tensor => tensor.Shape.Rank == 2)?.Shape[0]
        ?? throw new InvalidDataException($"'{file.Name}' has no classifier, so the number of its classes is not known");

    static Shape ReadInput(WeightFile file)
    {
        if (!file.Metadata.TryGetValue("input", out var text)) throw new InvalidDataException($"'{file.Name}' does not say what shape its inputs have");
        var extents = new List<int>();
        foreach (var part in text.Split('x'))
        {
            if (part == "?") extents.Add(Shape.Unknown);
            else if (int.TryParse(part, out var extent) && extent is > 0 and < 1 << 16) extents.Add(extent);
            else throw new InvalidDataException($"'{file.Name}' gives '{text}' as the shape of its inputs, which is none");
        }
        return new Shape([.. extents]);
    }

    /// <summary>The names of classes, from a list in JSON.</summary>
    internal static List<string> ReadNames(string json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateArray().Select(name => name.GetString() ?? "")];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"the class names in '{path}' cannot be read: {e.Message}", e);
        }
    }
}
