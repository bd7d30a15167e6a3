using System.Globalization;
using System.Text.Json;
using ResNetSharp.Formats;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>Makes the model again that a Keras file describes: a whole model in <c>.h5</c> (Keras 1 to 3) or a <c>.keras</c> archive.</summary>
internal static class KerasModelFile
{
    const string Config = "model_config";

    /// <summary>Makes the model, with its weights.</summary>
    /// <exception cref="InvalidDataException">The file holds weights alone, or a layer that is not supported, or is damaged.</exception>
    public static Model Load(KerasWeights file)
    {
        if (!file.Metadata.TryGetValue(Config, out var text))
            throw new InvalidDataException($"{file.Name}: the file holds weights alone; create the model they belong to and load the file as its weights.");
        return Make(file, text);
    }

    /// <summary>Makes the model that a configuration describes, with a file's weights.</summary>
    internal static Model Make(KerasWeights file, string text)
    {
        using var json = Parse(file, text);
        var network = new KerasGraphReader(new KerasLayerReader(MajorVersion(file))).Read(new KerasSettings(json.RootElement, file.Name));
        new KerasBinding(file).Fill(network.Parts);
        foreach (var normalization in Normalizations(network.Model)) normalization.Guard();
        if (file.Metadata.TryGetValue(KerasModelWriter.ClassNames, out var names)) network.Model.ClassNames = ModelFile.ReadNames(names, file.Name);
        if (file.Metadata.TryGetValue(KerasModelWriter.Preprocessing, out var preprocessing)) network.Model.Preprocessing = PreprocessingJson.Read(preprocessing, file.Name);
        return network.Model;
    }

    static JsonDocument Parse(KerasWeights file, string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file.Name}: '{Config}' is not valid JSON: {e.Message.TrimEnd('.')}.", e);
        }
    }

    // The first Keras did not say its version.
    static int MajorVersion(KerasWeights file) => file.Metadata.TryGetValue("keras_version", out var version)
        && int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 1;

    static IEnumerable<Normalization> Normalizations(Layer layer) =>
        layer is Normalization found ? [found] : layer.Children.SelectMany(child => Normalizations(child.Layer));
}
