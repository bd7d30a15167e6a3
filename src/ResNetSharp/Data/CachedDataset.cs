namespace ResNetSharp.Data;

/// <summary>Keeps the bytes of each picture from the first time it is read.</summary>
sealed class CachedDataset(Dataset inner) : DatasetView(inner)
{
    readonly byte[]?[] pictures = new byte[inner.Count][];

    internal override bool IsBytes => true;

    internal override float White => 255;

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        CheckRead(index, destination.Length);
        PixelConversion.ToFloats(Get(index), destination);
    }

    internal override void ReadBytes(int index, Span<byte> destination) => Get(index).CopyTo(destination);

    internal override Dataset WithGeometry(PictureGeometry geometry) => Inner.WithGeometry(geometry).CacheDecoded();

    byte[] Get(int index)
    {
        if (Volatile.Read(ref pictures[index]) is { } known) return known;
        // Two threads that come here at once decode the same bytes; either result will do.
        var decoded = new byte[ElementSize];
        Inner.ReadBytes(index, decoded);
        Volatile.Write(ref pictures[index], decoded);
        return decoded;
    }
}
