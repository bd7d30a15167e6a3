using System.Collections;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace ResNetSharp.Formats;

/// <summary>
/// An open file of weights: its tensors in the file's order, and its remarks. Opening reads the table of contents alone; the numbers are
/// read when a tensor is asked for them, so the file must stay open until then. Nothing in a file is ever executed, and every size that a
/// file declares is checked against its length before memory is taken.
/// </summary>
/// <example><code>
/// using var file = WeightFile.Open("resnet18.pth");
/// float[] kernel = file["conv1.weight"].ToFloats();
/// </code></example>
public sealed class WeightFile : IReadOnlyList<StoredTensor>, IDisposable
{
    readonly IReadOnlyList<StoredTensor> tensors;
    readonly Dictionary<string, StoredTensor> byName;
    readonly IDisposable? source;

    internal WeightFile(string name, WeightFormat format, IReadOnlyList<StoredTensor> tensors, IDictionary<string, string> metadata, string prefix, IDisposable? source)
    {
        Name = name;
        Format = format;
        Prefix = prefix;
        Metadata = new ReadOnlyDictionary<string, string>(metadata);
        this.tensors = tensors;
        this.source = source;
        byName = new Dictionary<string, StoredTensor>(tensors.Count);
        foreach (var tensor in tensors)
            if (!byName.TryAdd(tensor.Name, tensor)) throw new InvalidDataException($"{name}: tensor '{tensor.Name}' occurs twice.");
    }

    /// <summary>The path, or whatever name the content was given.</summary>
    public string Name { get; }

    /// <summary>The format, found from the content.</summary>
    public WeightFormat Format { get; }

    /// <summary>
    /// What the names of all tensors began with in the file and do not here: <c>state_dict.</c> for a training checkpoint, <c>module.</c> for a
    /// network that was trained in parallel, or both. Empty in most files.
    /// </summary>
    public string Prefix { get; }

    /// <summary>Remarks: safetensors' <c>__metadata__</c>, the plain values beside the weights of a PyTorch checkpoint, a Keras model's attributes.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Data sets of an HDF5 file that are no tensors or cannot be read, each with the reason; asking for one by name gives that as an error.</summary>
    public IReadOnlyDictionary<string, string> Unreadable { get; internal init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The number of tensors.</summary>
    public int Count => tensors.Count;

    /// <summary>One tensor by its place.</summary>
    public StoredTensor this[int index] => tensors[index];

    /// <summary>One tensor by its name.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="InvalidDataException">The file has it, but it is <see cref="Unreadable"/>.</exception>
    public StoredTensor this[string name] =>
        byName.TryGetValue(name, out var tensor) ? tensor
        : Unreadable.TryGetValue(name, out var reason) ? throw new InvalidDataException(reason)
        : throw new KeyNotFoundException($"{Name} has no tensor '{name}' among its {Count}.");

    /// <summary>Whether a name exists, and its tensor.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out StoredTensor? tensor) => byName.TryGetValue(name, out tensor);

    /// <summary>Opens a weight file of any known format; the content decides which.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is of no known kind, damaged, or holds something that must not be trusted.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightFile Open(string path) => FormatDetection.Open(FileBytes.Open(path), null);

    /// <summary>Reads a weight file of any known format from memory; the content decides which.</summary>
    /// <param name="content">The whole file; must not change while the result is used.</param>
    /// <param name="name">A name for messages.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Open(string)"/>.</exception>
    public static WeightFile Open(ReadOnlyMemory<byte> content, string name) => FormatDetection.Open(new MemoryBytes(name, content), null);

    /// <inheritdoc/>
    public IEnumerator<StoredTensor> GetEnumerator() => tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Closes the file; its tensors can no longer be read.</summary>
    public void Dispose() => source?.Dispose();
}
