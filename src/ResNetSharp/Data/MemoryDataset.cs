namespace ResNetSharp.Data;

/// <summary>Pictures whose labels and class names are in memory.</summary>
abstract class MemoryDataset : Dataset
{
    readonly int[] labels;

    protected MemoryDataset(long values, Shape elementShape, int[] labels, IReadOnlyList<string>? classNames)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (elementShape.Rank != 3 || !elementShape.IsKnown || elementShape.Size is < 1 or > int.MaxValue)
            throw new ArgumentException($"the shape of a picture is (height, width, channels), not {elementShape}", nameof(elementShape));
        if (labels.Length == 0) throw new ArgumentException("a data set needs at least one picture", nameof(labels));
        if (values != labels.Length * elementShape.Size)
            throw new ArgumentException(
                $"{labels.Length} pictures of shape {elementShape} have {labels.Length * elementShape.Size} values, not {values}");
        ClassNames = classNames ?? [.. Enumerable.Range(0, labels.Max() + 1).Select(label => label.ToString())];
        for (var i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)ClassNames.Count)
                throw new ArgumentException($"label {labels[i]} of picture {i} is not one of the {ClassNames.Count} classes", nameof(labels));
        this.labels = labels;
        ElementShape = elementShape;
    }

    public override int Count => labels.Length;

    public override Shape ElementShape { get; }

    public override IReadOnlyList<string> ClassNames { get; }

    public override int GetLabel(int index)
    {
        CheckIndex(index);
        return labels[index];
    }
}
