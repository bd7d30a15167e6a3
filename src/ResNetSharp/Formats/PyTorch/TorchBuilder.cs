using System.Text;

namespace ResNetSharp.Formats;

/// <summary>Everything that a pickle of tensors may do: put dicts, storages and tensors together. The containers of PyTorch's formats differ in how storages are named.</summary>
internal abstract class TorchBuilder
{
    /// <summary>The largest tensor that may have more elements than the storage below it (an expanded view).</summary>
    const long MaxExpandedBytes = 64 << 20;

    const int MaxRank = 64;

    /// <summary>What a persistent id stands for.</summary>
    public abstract object Resolve(ByteCursor at, object? id);

    /// <summary>The result of calling one of the known names.</summary>
    public static object Call(ByteCursor at, PickleGlobal global, object?[] args) => global.Kind switch
    {
        PickleGlobalKind.Dict => MakeDict(args),
        PickleGlobalKind.RebuildTensor when args is [TorchStorage storage, long offset, PickleTuple size, PickleTuple stride, ..] =>
            MakeTensor(at, storage, storage.Type, offset, Numbers(at, size), Numbers(at, stride)),
        PickleGlobalKind.RebuildTensorWithType when args is [TorchStorage storage, long offset, PickleTuple size, PickleTuple stride, _, _, PickleGlobal { Kind: PickleGlobalKind.ElementType } type, ..] =>
            MakeTensor(at, storage, type.Type, offset, Numbers(at, size), Numbers(at, stride)),
        PickleGlobalKind.RebuildParameter when args is [TorchTensor tensor, ..] => tensor,
        PickleGlobalKind.Parameter => new PickleParameter { Tensor = args is [TorchTensor tensor, ..] ? tensor : null },
        PickleGlobalKind.Size when args is [PickleTuple size] => size,
        PickleGlobalKind.Encode when args is [string text, "latin1" or "latin-1"] => Encoding.Latin1.GetBytes(text),
        PickleGlobalKind.Opaque => new PickleOpaque(global.Name),
        _ => throw at.Fail($"the file calls '{global.Name}' with arguments of unknown kinds"),
    };

    /// <summary>Completes an object; states that no tensor depends on are dropped.</summary>
    public static void SetState(ByteCursor at, object? target, object? state)
    {
        switch (target)
        {
            case PickleParameter parameter when state is PickleTuple { Items: [TorchTensor tensor, ..] }: parameter.Tensor = tensor; break;
            case PickleDict or PickleOpaque or TorchTensor: break;
            default: throw at.Fail("a pickle gives a state to something that has none");
        }
    }

    protected static TorchTensor MakeTensor(ByteCursor at, TorchStorage storage, TensorType type, long offset, long[] sizes, long[] strides)
    {
        if (sizes.Length != strides.Length) throw at.Fail($"a tensor has {sizes.Length} sizes and {strides.Length} strides");
        if (sizes.Length > MaxRank) throw at.Fail($"a tensor has {sizes.Length} dimensions");
        var shape = ShapeChecks.ToShape(at.Source, $"at byte {at.Position} of the pickle", sizes);
        var available = storage.ByteLength / (type.Bits() / 8);
        if (offset < 0 || strides.Any(s => s < 0)) throw at.Fail($"a tensor of shape {shape} has a negative offset or stride");
        var last = (Int128)offset;
        for (int axis = 0; axis < sizes.Length; axis++) last += (Int128)Math.Max(0, sizes[axis] - 1) * strides[axis];
        if (shape.Size > 0 && last >= available || offset > available)
            throw at.Fail($"a tensor of shape {shape}, strides ({string.Join(", ", strides)}) and offset {offset} reaches beyond its storage of {available} elements");
        if (shape.Size > available && type.ByteLength(shape.Size) > MaxExpandedBytes)
            throw at.Fail($"a tensor of shape {shape} repeats a storage of {available} elements too often");
        return new TorchTensor(storage, type, offset, shape, strides);
    }

    /// <summary>A storage from its class, key and number of elements.</summary>
    protected static TorchStorage MakeStorage(ByteCursor at, PickleGlobal kind, string key, long count)
    {
        var type = kind.Kind == PickleGlobalKind.UntypedStorage ? TensorType.UInt8 : kind.Type;
        if (kind.Kind is not (PickleGlobalKind.Storage or PickleGlobalKind.UntypedStorage)) throw at.Fail($"'{kind.Name}' is no kind of storage");
        if (count < 0 || type.ByteLength(count) < 0) throw at.Fail($"storage '{key}' claims {count} elements");
        return new TorchStorage(key, type, count);
    }

    protected static long[] Numbers(ByteCursor at, PickleTuple tuple) =>
        Array.ConvertAll(tuple.Items, item => item is long number ? number : throw at.Fail("a tensor has a size or stride that is no number"));

    static PickleDict MakeDict(object?[] args)
    {
        var dict = new PickleDict();
        if (args is not [PickleList pairs]) return dict;
        foreach (var pair in pairs.Items)
        {
            if (pair is PickleTuple { Items: [var key, var value] }) dict.Set(key, value);
            else if (pair is PickleList { Items: [var otherKey, var otherValue] }) dict.Set(otherKey, otherValue);
        }
        return dict;
    }
}
