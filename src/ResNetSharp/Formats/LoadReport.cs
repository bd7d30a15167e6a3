namespace ResNetSharp.Formats;

/// <summary>How well a weight file fitted a model.</summary>
/// <param name="Loaded">Parameters that were read.</param>
/// <param name="Missing">Parameters of the model that the file does not have.</param>
/// <param name="Unexpected">Tensors of the file that the model does not have.</param>
/// <param name="Misshapen">Parameters whose shape in the file is another, with both shapes.</param>
public sealed record LoadReport(int Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> Misshapen)
{
    /// <summary>Whether everything fitted.</summary>
    public bool IsComplete => Missing.Count + Unexpected.Count + Misshapen.Count == 0;

    /// <summary>All that did not fit, or that everything did.</summary>
    public override string ToString() => IsComplete
        ? $"{Loaded} tensors loaded"
        : string.Join("; ", new[] { ("missing", Missing), ("unexpected", Unexpected), ("of another shape", Misshapen) }
            .Where(part => part.Item2.Count > 0).Select(part => $"{part.Item1}: {string.Join(", ", part.Item2)}"));
}
