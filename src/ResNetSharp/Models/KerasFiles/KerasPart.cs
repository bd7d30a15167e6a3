namespace ResNetSharp.Models;

/// <summary>A layer of a Keras model under construction.</summary>
internal sealed class KerasPart
{
    /// <summary>The layer's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its class in Keras; null for an operation, which has no place of its own among the layers of a file.</summary>
    public required string? ClassName { get; init; }

    /// <summary>Its function; called once for each place in which the layer stands.</summary>
    public required Func<Tensor[], Tensor> Apply { get; init; }

    /// <summary>Its variables, in Keras' order and with Keras' names; they exist once it was applied.</summary>
    public Func<IEnumerable<(string Name, Parameter Parameter)>> Variables { get; init; } = () => [];

    /// <summary>Whether training changes it.</summary>
    public bool IsTrainable { get; init; } = true;

    /// <summary>Keeps training from changing it; to be called once it was applied.</summary>
    public Action Freeze { get; init; } = () => { };

    /// <summary>The layers inside, of a model that is used as a layer.</summary>
    public IReadOnlyList<KerasPart>? Inner { get; init; }

    /// <summary>How many layers are applied when it is applied.</summary>
    public int Cost { get; init; } = 1;
}
