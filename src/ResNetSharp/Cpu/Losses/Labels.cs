namespace ResNetSharp.Cpu;

/// <summary>Class indices that come from a user's data.</summary>
internal static unsafe class Labels
{
    /// <summary>The label of a row.</summary>
    /// <exception cref="InvalidDataException">There is no such class.</exception>
    public static int Read(int* labels, long row, int classes)
    {
        var label = labels[row];
        if ((uint)label >= (uint)classes)
            throw new InvalidDataException($"Example {row} of the batch has the label {label}, but the model has {classes} classes (0 to {classes - 1}).");
        return label;
    }
}
