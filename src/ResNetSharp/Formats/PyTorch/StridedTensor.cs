namespace ResNetSharp.Formats;

/// <summary>A tensor whose elements lie in another order than row-major, or with gaps, or repeated: a transposed, sliced or expanded view.</summary>
internal sealed class StridedTensor : StoredTensor
{
    readonly ByteSource source;
    readonly long[] strides;
    readonly int size;
    readonly long first, span;

    public StridedTensor(string name, TorchTensor tensor, ByteSource source) : base(name, tensor.Shape, tensor.Type)
    {
        this.source = source;
        strides = tensor.Strides;
        size = tensor.Type.Bits() / 8;
        first = tensor.Offset * size;
        long last = 0;
        for (int axis = 0; axis < Shape.Rank; axis++) last += (Shape[axis] - 1) * strides[axis];
        span = (last + 1) * size;
    }

    internal override string Origin => source.Name + ": ";

    internal override bool PrefersWholeReads => true;

    internal override void ReadChecked(long offset, Span<byte> destination)
    {
        if (destination.IsEmpty) return;
        var elements = source.ReadArray(first, span, $"tensor '{Name}'");
        Gather(elements, offset / size, destination);
    }

    void Gather(byte[] elements, long begin, Span<byte> destination)
    {
        var index = new int[Shape.Rank];
        long place = 0;
        for (int axis = Shape.Rank - 1; axis >= 0; axis--)
        {
            index[axis] = (int)(begin % Shape[axis]);
            begin /= Shape[axis];
            place += index[axis] * strides[axis];
        }
        for (int done = 0; done < destination.Length; done += size)
        {
            elements.AsSpan((int)(place * size), size).CopyTo(destination[done..]);
            for (int axis = Shape.Rank - 1; axis >= 0; axis--)
            {
                place += strides[axis];
                if (++index[axis] < Shape[axis]) break;
                place -= Shape[axis] * strides[axis];
                index[axis] = 0;
            }
        }
    }
}
