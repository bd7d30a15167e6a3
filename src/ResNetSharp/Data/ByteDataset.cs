namespace ResNetSharp.Data;

/// <summary>Pictures in memory, one byte a value.</summary>
sealed class ByteDataset(byte[] images, Shape elementShape, int[] labels, IReadOnlyList<string>? classNames)
    : MemoryDataset(images.LongLength, elementShape, labels, classNames)
{
    readonly int size = checked((int)elementShape.Size);

    internal override bool IsBytes => true;

    internal override float White => 255;

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        CheckRead(index, destination.Length);
        PixelConversion.ToFloats(images.AsSpan(index * size, size), destination);
    }

    internal override void ReadBytes(int index, Span<byte> destination) => images.AsSpan(index * size, size).CopyTo(destination);
}
