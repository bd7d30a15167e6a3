namespace ResNetSharp.Formats;

/// <summary>
/// A model in ONNX, the exchange format of inference engines (https://onnx.ai): a graph of operators with its weights. This is the file's
/// content as plain data; nothing is computed or checked beyond the format itself.
/// </summary>
public sealed class OnnxModel : IDisposable
{
    /// <summary>The version of the file format; 8 is read by every engine since 2021.</summary>
    public long IrVersion { get; init; } = 8;

    /// <summary>The operator sets that the graph's operators are of; the standard one has an empty domain.</summary>
    public IReadOnlyList<OnnxOperatorSet> OperatorSets { get; init; } = [];

    /// <summary>The program that made the file.</summary>
    public string ProducerName { get; init; } = "";

    /// <summary>The program's version.</summary>
    public string ProducerVersion { get; init; } = "";

    /// <summary>The model's name space, a reversed internet domain.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The model's own version.</summary>
    public long ModelVersion { get; init; }

    /// <summary>A text about the model.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>The operators and weights.</summary>
    public required OnnxGraph Graph { get; init; }

    /// <summary>Remarks.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    internal IDisposable? Source { get; init; }

    /// <summary>Reads an ONNX file. The weights stay in the file until they are asked for, so the model must not be disposed before.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no ONNX, damaged, or keeps weights in other files.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxModel Open(string path) => Open(FileBytes.Open(path));

    /// <summary>Reads an ONNX model from memory.</summary>
    /// <param name="content">The whole file; must not change while the result is used.</param>
    /// <param name="name">A name for messages.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Open(string)"/>.</exception>
    public static OnnxModel Open(ReadOnlyMemory<byte> content, string name) => Open(new MemoryBytes(name, content));

    /// <summary>Writes the model; the file is complete or not there.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="ArgumentException">The model exceeds the 2 GB that the format allows, or has an element type that ONNX lacks.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path) => OnnxWriter.Write(path, this);

    /// <summary>Closes the file that the model was read from, if any; its weights can no longer be read.</summary>
    public void Dispose() => Source?.Dispose();

    static OnnxModel Open(ByteSource source)
    {
        try
        {
            return new OnnxReader(source).Read();
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}

/// <summary>A set of operators in one version.</summary>
/// <param name="Domain">Who defines them; empty for ONNX itself.</param>
/// <param name="Version">The version, such as 13.</param>
public sealed record OnnxOperatorSet(string Domain, long Version);

/// <summary>Operators in an order in which they can be computed, with the weights that they use.</summary>
public sealed class OnnxGraph
{
    /// <summary>A name; ONNX demands one.</summary>
    public string Name { get; init; } = "graph";

    /// <summary>The operators.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; init; } = [];

    /// <summary>The weights, under the names that operators use them by.</summary>
    public IReadOnlyList<StoredTensor> Initializers { get; init; } = [];

    /// <summary>What has to be fed in.</summary>
    public IReadOnlyList<OnnxValue> Inputs { get; init; } = [];

    /// <summary>What comes out.</summary>
    public IReadOnlyList<OnnxValue> Outputs { get; init; } = [];

    /// <summary>Types and shapes of values in between, where they are known.</summary>
    public IReadOnlyList<OnnxValue> Values { get; init; } = [];

    /// <summary>A text about the graph.</summary>
    public string Documentation { get; init; } = "";
}

/// <summary>One operator.</summary>
/// <param name="Operator">What it does, such as <c>Conv</c>.</param>
/// <param name="Inputs">The names of its inputs; an empty name stands for one left out.</param>
/// <param name="Outputs">The names of its outputs.</param>
/// <param name="Attributes">Its settings.</param>
/// <param name="Name">Its own name; may be empty.</param>
/// <param name="Domain">The set of its operator; empty for ONNX itself.</param>
public sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<OnnxAttribute> Attributes, string Name = "", string Domain = "");

/// <summary>A tensor that goes into, through or out of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Dimensions">Its extents; null where not even their number is known.</param>
public sealed record OnnxValue(string Name, TensorType Type, IReadOnlyList<OnnxDimension>? Dimensions);

/// <summary>An extent: a number, or a name such as <c>batch</c> for one that is free, or neither.</summary>
/// <param name="Extent">The number.</param>
/// <param name="Parameter">The name.</param>
public sealed record OnnxDimension(long? Extent = null, string? Parameter = null);
