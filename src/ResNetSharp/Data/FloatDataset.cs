namespace ResNetSharp.Data;

/// <summary>Pictures in memory as the numbers they were given as.</summary>
sealed class FloatDataset(float[] images, Shape elementShape, int[] labels, IReadOnlyList<string>? classNames)
    : MemoryDataset(images.LongLength, elementShape, labels, classNames)
{
    readonly int size = checked((int)elementShape.Size);

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        CheckRead(index, destination.Length);
        images.AsSpan(index * size, size).CopyTo(destination);
    }
}
