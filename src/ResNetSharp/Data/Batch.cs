namespace ResNetSharp.Data;

/// <summary>
/// Some pictures of a data set, ready for a network. The memory is used again for later batches: a batch is valid until the next one is
/// asked for.
/// </summary>
public sealed class Batch
{
    readonly float[] images;
    readonly int[] labels;
    readonly int[] indices;
    readonly int elementSize;

    internal Batch(int capacity, Shape elementShape)
    {
        ElementShape = elementShape;
        elementSize = checked((int)elementShape.Size);
        images = new float[capacity * elementSize];
        labels = new int[capacity];
        indices = new int[capacity];
    }

    /// <summary>The number of pictures.</summary>
    public int Count { get; internal set; }

    /// <summary>The extents of one picture: (height, width, channels).</summary>
    public Shape ElementShape { get; }

    /// <summary>The pixels: (batch, height, width, channels).</summary>
    public ReadOnlySpan<float> Images => images.AsSpan(0, Count * elementSize);

    /// <summary>The class of each picture.</summary>
    public ReadOnlySpan<int> Labels => labels.AsSpan(0, Count);

    /// <summary>Which pictures of the data set these are.</summary>
    public ReadOnlySpan<int> Indices => indices.AsSpan(0, Count);

    /// <summary>Says which pictures the batch will hold.</summary>
    internal void Begin(ReadOnlySpan<int> indices)
    {
        Count = indices.Length;
        indices.CopyTo(this.indices);
    }

    /// <summary>Reads the picture of one place.</summary>
    internal void Fill(Dataset data, int place, ulong seed, int epoch)
    {
        var index = indices[place];
        var random = RandomSource.For(seed, (ulong)epoch, (ulong)index);
        var label = data.GetLabel(index);
        if ((uint)label >= (uint)data.ClassNames.Count)
            throw new InvalidDataException($"{data.GetName(index)} has the label {label}; there are {data.ClassNames.Count} classes");
        labels[place] = label;
        data.Read(index, ref random, images.AsSpan(place * elementSize, elementSize));
    }
}
