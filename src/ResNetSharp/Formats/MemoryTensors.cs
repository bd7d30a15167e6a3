using System.Runtime.InteropServices;

namespace ResNetSharp.Formats;

/// <summary>A tensor in managed memory.</summary>
internal sealed class ArrayTensor<T> : StoredTensor where T : unmanaged
{
    readonly ReadOnlyMemory<T> values;

    public ArrayTensor(string name, Shape shape, TensorType type, ReadOnlyMemory<T> values) : base(name, shape, type)
    {
        var bytes = MemoryMarshal.AsBytes(values.Span).Length;
        if (bytes != ByteLength)
            throw new ArgumentException($"tensor '{name}': {shape} elements of {type} take {ByteLength} bytes, but {bytes} are given", nameof(values));
        this.values = values;
    }

    internal override void ReadChecked(long offset, Span<byte> destination) =>
        MemoryMarshal.AsBytes(values.Span).Slice((int)offset, destination.Length).CopyTo(destination);

    internal override void WriteTo(Stream stream) => stream.Write(MemoryMarshal.AsBytes(values.Span));
}

/// <summary>A tensor in unmanaged memory.</summary>
internal sealed unsafe class PointerTensor(string name, Shape shape, TensorType type, byte* elements) : StoredTensor(name, shape, type)
{
    const int Piece = 1 << 30;

    internal override void ReadChecked(long offset, Span<byte> destination) =>
        new ReadOnlySpan<byte>(elements + offset, destination.Length).CopyTo(destination);

    internal override void WriteTo(Stream stream)
    {
        for (long done = 0; done < ByteLength; done += Piece)
            stream.Write(new ReadOnlySpan<byte>(elements + done, (int)Math.Min(Piece, ByteLength - done)));
    }
}

/// <summary>A tensor under another name.</summary>
internal sealed class RenamedTensor(string name, StoredTensor tensor) : StoredTensor(name, tensor.Shape, tensor.Type)
{
    internal override string Origin => tensor.Origin;

    internal override bool PrefersWholeReads => tensor.PrefersWholeReads;

    internal override void ReadChecked(long offset, Span<byte> destination) => tensor.ReadChecked(offset, destination);

    internal override void WriteTo(Stream stream) => tensor.WriteTo(stream);
}

/// <summary>A tensor whose bytes lie in a source as they are wanted.</summary>
internal sealed class PackedTensor(string name, Shape shape, TensorType type, ByteSource source, long position) : StoredTensor(name, shape, type)
{
    internal override string Origin => source.Name + ": ";

    internal override void ReadChecked(long offset, Span<byte> destination) => source.Read(position + offset, destination);
}
