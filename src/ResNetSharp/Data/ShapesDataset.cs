using System.Buffers;

namespace ResNetSharp.Data;

/// <summary>Draws a picture of a shape for every index; the classes take turns.</summary>
sealed class ShapesDataset : Dataset
{
    readonly ulong seed;
    readonly ulong part;

    /// <param name="count">Pictures.</param>
    /// <param name="seed">Where all of them come from.</param>
    /// <param name="part">Sets of different parts have no picture in common.</param>
    public ShapesDataset(int count, ulong seed, ulong part)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        this.seed = seed;
        this.part = part;
    }

    public override int Count { get; }

    public override Shape ElementShape => (ShapeDrawing.Side, ShapeDrawing.Side, ShapeDrawing.Channels);

    public override IReadOnlyList<string> ClassNames => Shapes.ClassNames;

    internal override bool IsBytes => true;

    internal override float White => 255;

    public override int GetLabel(int index)
    {
        CheckIndex(index);
        return index % ClassNames.Count;
    }

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        CheckRead(index, destination.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(destination.Length);
        ReadBytes(index, bytes.AsSpan(0, destination.Length));
        PixelConversion.ToFloats(bytes.AsSpan(0, destination.Length), destination);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    internal override void ReadBytes(int index, Span<byte> destination)
    {
        var own = RandomSource.For(seed, part, (ulong)index);
        new ShapeDrawing(GetLabel(index), ref own).Draw(destination, ref own);
    }
}
