namespace ResNetSharp.Formats;

/// <summary>A run of elements that tensors are views of. Its bytes are known once the file's layout has been read.</summary>
internal sealed class TorchStorage(string key, TensorType type, long count)
{
    public string Key { get; } = key;

    public TensorType Type { get; } = type;

    /// <summary>The number of elements.</summary>
    public long Count { get; } = count;

    public long ByteLength => Type.ByteLength(Count);

    public ByteSource? Bytes { get; set; }
}

/// <summary>A view of a storage. The constructor's caller has checked that it stays inside.</summary>
internal sealed record TorchTensor(TorchStorage Storage, TensorType Type, long Offset, Shape Shape, long[] Strides)
{
    public StoredTensor Store(string name, ByteSource file)
    {
        var bytes = Storage.Bytes ?? throw file.Fail($"the numbers of tensor '{name}' (storage '{Storage.Key}') are missing");
        return IsPacked() ? new PackedTensor(name, Shape, Type, bytes, Offset * (Type.Bits() / 8)) : new StridedTensor(name, this, bytes);
    }

    bool IsPacked()
    {
        if (Shape.Size <= 1) return true;
        long expected = 1;
        for (int axis = Shape.Rank - 1; axis >= 0; axis--)
        {
            if (Shape[axis] != 1 && Strides[axis] != expected) return false;
            expected *= Shape[axis];
        }
        return true;
    }
}
