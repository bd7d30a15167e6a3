using System.Text;
using System.Text.Json.Nodes;
using ResNetSharp.Formats;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>Writes models as Keras does: <c>.keras</c>, <c>.weights.h5</c> and whole models in legacy <c>.h5</c>.</summary>
internal static class KerasModelWriter
{
    /// <summary>The configuration and the names of groups are those of every Keras 3.</summary>
    const string Version = "3.0.0";

    /// <summary>What Keras ignores and this library reads again.</summary>
    public const string ClassNames = "resnetsharp_classes", Preprocessing = "resnetsharp_preprocessing";

    const string UsualName = "functional";

    /// <summary>Writes a model in the format that the file's name asks for.</summary>
    public static void Write(Model model, string path)
    {
        var format = Format(path);
        var entries = KerasGraphWriter.Describe(model);
        var name = model.Name ?? UsualName;
        format(path, model, name, entries);
    }

    /// <summary>Whether a file's name is one of Keras'.</summary>
    public static bool IsKerasName(string path) => HasEnding(path, ".keras") || HasEnding(path, ".h5") || HasEnding(path, ".hdf5");

    static Action<string, Model, string, List<KerasEntry>> Format(string path) =>
        HasEnding(path, ".keras") ? WriteArchive
        : HasEnding(path, ".weights.h5") ? (file, _, name, entries) => Hdf5Writer.Write(file, Weights(name, entries))
        : IsKerasName(path) ? WriteLegacy
        : throw new ArgumentException($"Keras' files are called .keras, .weights.h5 (the weights alone) or .h5, not '{Path.GetFileName(path)}'", nameof(path));

    static bool HasEnding(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    static void WriteArchive(string path, Model model, string name, List<KerasEntry> entries)
    {
        var about = new JsonObject { ["keras_version"] = Version };
        foreach (var (key, text) in Remarks(model)) about[key] = text;
        var config = Encoding.UTF8.GetBytes(KerasJson.Model(name, entries, entries[^1], isArchive: true).ToJsonString());
        var weights = path + ".weights.tmp";
        try
        {
            Hdf5Writer.Write(weights, Weights(name, entries));
            using var content = File.OpenRead(weights);
            AtomicFile.Write(path, content.Length + config.Length, stream =>
            {
                var zip = new ZipWriter(stream);
                zip.Add("metadata.json", Encoding.UTF8.GetBytes(about.ToJsonString()));
                zip.Add("config.json", config);
                zip.Add("model.weights.h5", content.Length, content.CopyTo);
                zip.Finish();
            });
        }
        finally
        {
            File.Delete(weights);
        }
    }

    static Hdf5NewGroup Weights(string name, List<KerasEntry> entries)
    {
        var used = new Dictionary<string, int>();
        return Keras3Layout.Build(name, entries.Select(entry => new KerasLayer(entry.Name, "layers/" + KerasNames.Next(used, entry.ClassName),
            [.. entry.Variables.Select((variable, i) => new KerasVariable($"{i}", $"{i}", Stored(variable.Parameter)))])));
    }

    static void WriteLegacy(string path, Model model, string name, List<KerasEntry> entries)
    {
        var metadata = new Dictionary<string, string>
        {
            ["backend"] = "tensorflow",
            ["keras_version"] = Version,
            ["model_config"] = KerasJson.Model(name, entries, entries[^1], isArchive: false).ToJsonString(),
        };
        foreach (var (key, text) in Remarks(model)) metadata[key] = text;
        KerasWeights.Write(path, entries.Select(entry => new KerasLayer(entry.Name, "",
            [.. entry.Variables.Select(variable => new KerasVariable(variable.Name, $"{entry.Name}/{variable.Name}", Stored(variable.Parameter)))])), metadata);
    }

    static unsafe StoredTensor Stored(Parameter parameter) => StoredTensor.Create(parameter.Name, parameter.Shape, TensorType.Float32, parameter.Pointer);

    static IEnumerable<(string Key, string Text)> Remarks(Model model)
    {
        if (model.ClassNames.Count > 0) yield return (ClassNames, new JsonArray([.. model.ClassNames.Select(name => (JsonNode)name)]).ToJsonString());
        if (model.Preprocessing is { } preprocessing) yield return (Preprocessing, PreprocessingJson.Write(preprocessing));
    }
}
