using System.Text.Json;

namespace ResNetSharp.Formats;

/// <summary>A <c>.keras</c> archive: a zip of <c>metadata.json</c>, <c>config.json</c> and <c>model.weights.h5</c>.</summary>
internal sealed class KerasArchive
{
    const string WeightsName = "model.weights.h5", ConfigName = "config.json", AboutName = "metadata.json";
    const long MaxJson = 64 << 20;

    readonly ByteSource source;
    readonly List<string> layerOrder = [];

    public KerasArchive(ByteSource source) : this(source, new ZipDirectory(source))
    {
    }

    KerasArchive(ByteSource source, ZipDirectory zip)
    {
        this.source = source;
        Weights = zip.Open(WeightsName);
        if (zip.Contains(ConfigName)) Read(ConfigName, zip.Open(ConfigName, MaxJson), ReadConfig);
        if (zip.Contains(AboutName)) Read(AboutName, zip.Open(AboutName, MaxJson), ReadAbout);
    }

    public static bool Recognizes(ZipDirectory zip) => zip.Contains(WeightsName);

    /// <summary>Reads an archive as a list of tensors under their paths.</summary>
    public static WeightFile Read(ByteSource source, ZipDirectory zip)
    {
        var archive = new KerasArchive(source, zip);
        var inner = Hdf5File.Read(archive.Weights);
        return new WeightFile(source.Name, WeightFormat.KerasArchive, [.. inner], archive.Metadata, "", source) { Unreadable = inner.Unreadable };
    }

    public ByteSource Weights { get; }

    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>Puts layers in the order of the model's configuration, if that lists every one of them.</summary>
    public bool TrySort(List<KerasLayer> layers)
    {
        var places = new Dictionary<string, int>();
        foreach (var name in layerOrder) places.TryAdd(name, places.Count);
        if (!layers.TrueForAll(layer => places.ContainsKey(layer.Name))) return false;
        layers.Sort((a, b) => places[a.Name].CompareTo(places[b.Name]));
        return true;
    }

    void Read(string name, ByteSource file, Action<byte[], JsonElement> read)
    {
        var text = file.ReadArray(0, file.Length, name);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object) read(text, json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Texts that are no UTF-8 are noticed when they are asked for.
            throw source.Fail($"'{name}' in the archive is not valid JSON: {e.Message.TrimEnd('.')}", e);
        }
    }

    void ReadConfig(byte[] text, JsonElement json)
    {
        Metadata["model_config"] = System.Text.Encoding.UTF8.GetString(text);
        if (!json.TryGetProperty("config", out var config) || config.ValueKind != JsonValueKind.Object) return;
        if (!config.TryGetProperty("layers", out var layers) || layers.ValueKind != JsonValueKind.Array) return;
        foreach (var layer in layers.EnumerateArray())
            if (layer.ValueKind == JsonValueKind.Object && layer.TryGetProperty("config", out var own) && own.ValueKind == JsonValueKind.Object
                && own.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String)
                layerOrder.Add(name.GetString()!);
    }

    void ReadAbout(byte[] text, JsonElement json)
    {
        foreach (var property in json.EnumerateObject()) Metadata[property.Name] = property.Value.ToString();
    }
}
