namespace ResNetSharp.Formats;

/// <summary>One variable of a Keras layer.</summary>
/// <param name="Name">Its name in the layer, such as <c>kernel</c>, <c>bias</c>, <c>gamma</c>; in Keras 3 <c>.weights.h5</c> files, which keep no names, its number.</param>
/// <param name="Path">The whole name as the file has it, such as <c>conv1_conv/kernel:0</c>.</param>
/// <param name="Tensor">The values, in Keras' own axis order: kernels are (height, width, in, out), dense ones (in, out).</param>
public sealed record KerasVariable(string Name, string Path, StoredTensor Tensor);

/// <summary>One layer of a Keras model with its variables in Keras' order: kernel, bias; gamma, beta, moving mean, moving variance.</summary>
/// <param name="Name">The layer's own name, such as <c>conv2_block1_1_conv</c>.</param>
/// <param name="Path">The group of the file that holds the layer.</param>
/// <param name="Variables">Its variables; none for an activation, for instance.</param>
public sealed record KerasLayer(string Name, string Path, IReadOnlyList<KerasVariable> Variables);

/// <summary>
/// The weights of a Keras model by layer, from any of its files: legacy <c>.h5</c> (weights alone or a whole model, Keras 1 to 3), Keras 3
/// <c>.weights.h5</c> and <c>.keras</c> archives.
/// </summary>
/// <example><code>
/// using var weights = KerasWeights.Open("resnet50.h5");
/// foreach (var layer in weights.Layers)
///     foreach (var variable in layer.Variables) Console.WriteLine($"{layer.Name} {variable.Name} {variable.Tensor.Shape}");
/// </code></example>
public sealed class KerasWeights : IDisposable
{
    readonly ByteSource source;

    KerasWeights(ByteSource source, string name, IReadOnlyList<KerasLayer> layers, bool isInModelOrder, IReadOnlyDictionary<string, string> metadata)
    {
        this.source = source;
        Name = name;
        Layers = layers;
        IsInModelOrder = isInModelOrder;
        Metadata = metadata;
    }

    /// <summary>The path, or whatever name the content was given.</summary>
    public string Name { get; }

    /// <summary>The layers. In Keras 3 <c>.weights.h5</c> files, which do not keep the model's order, sorted by name with numbers by value.</summary>
    public IReadOnlyList<KerasLayer> Layers { get; }

    /// <summary>Whether <see cref="Layers"/> come in the model's order, so that they can be matched by place.</summary>
    public bool IsInModelOrder { get; }

    /// <summary>Whether the file has Keras 3's own layout, in which variables have numbers and no names.</summary>
    internal bool HasNumberedVariables { get; private init; }

    /// <summary>What the file says about the model: <c>keras_version</c>, <c>backend</c>, and for whole models <c>model_config</c> (JSON) and <c>training_config</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a Keras file of any layout.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no Keras file, or damaged, or lacks a weight that it lists.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static KerasWeights Open(string path) => Open(FileBytes.Open(path));

    /// <summary>Reads a Keras file from memory.</summary>
    /// <param name="content">The whole file; must not change while the result is used.</param>
    /// <param name="name">A name for messages.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Open(string)"/>.</exception>
    public static KerasWeights Open(ReadOnlyMemory<byte> content, string name) => Open(new MemoryBytes(name, content));

    /// <summary>
    /// Writes a legacy <c>.h5</c> file, as every version of Keras reads it: with <c>load_weights</c>, or, if the metadata has <c>model_config</c>, as a
    /// whole model with <c>load_model</c>. The file is complete or not there.
    /// </summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="layers">All layers in the model's order, those without variables included. A variable's path is its name below the layer's group.</param>
    /// <param name="metadata">Texts such as <c>keras_version</c>, <c>backend</c> and <c>model_config</c>.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or an element type cannot be written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KerasLayer> layers, IReadOnlyDictionary<string, string>? metadata = null) =>
        Hdf5Writer.Write(path, KerasLegacyLayout.Build([.. layers], metadata ?? new Dictionary<string, string>()));

    /// <summary>Closes the file; its tensors can no longer be read.</summary>
    public void Dispose() => source.Dispose();

    static KerasWeights Open(ByteSource source)
    {
        try
        {
            return Read(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    static KerasWeights Read(ByteSource source)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(source.Length, 8)];
        source.Read(0, start);
        var archive = ZipDirectory.Recognizes(start) ? new KerasArchive(source) : null;
        var root = new Hdf5File(archive?.Weights ?? source).Root;
        var metadata = archive?.Metadata ?? Hdf5File.Remarks(root);
        if (KerasLegacyLayout.Find(root) is { } legacy) return new KerasWeights(source, source.Name, KerasLegacyLayout.Read(source, legacy), true, metadata);
        var layers = Keras3Layout.Read(source, root);
        var isOrdered = archive is not null && archive.TrySort(layers);
        return new KerasWeights(source, source.Name, layers, isOrdered, metadata) { HasNumberedVariables = true };
    }
}
