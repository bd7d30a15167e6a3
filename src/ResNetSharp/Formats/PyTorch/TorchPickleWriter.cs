using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ResNetSharp.Formats;

/// <summary>Writes the pickle of a dict of tensors, with the few opcodes of protocol 2 that PyTorch's restricted loader accepts as well.</summary>
internal sealed class TorchPickleWriter
{
    readonly List<byte> pickle = [];

    /// <summary>The pickle; storage i has key i and holds tensor i alone.</summary>
    public static byte[] Write(IReadOnlyList<StoredTensor> tensors)
    {
        var writer = new TorchPickleWriter();
        writer.pickle.AddRange([0x80, 2]);
        writer.EmptyOrderedDict();
        writer.Op('(');
        for (int i = 0; i < tensors.Count; i++)
        {
            writer.Text(tensors[i].Name);
            writer.Tensor(tensors[i], i.ToString(CultureInfo.InvariantCulture));
        }
        writer.Op('u');
        writer.Op('.');
        return writer.pickle.ToArray();
    }

    void Tensor(StoredTensor tensor, string key)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Op('(');
        Op('(');
        Text("storage");
        Global("torch", StorageName(tensor) + "Storage");
        Text(key);
        Text("cpu");
        Number(tensor.Count);
        Op('t');
        Op('Q');
        Number(0);
        Op('(');
        foreach (var extent in tensor.Shape) Number(extent);
        Op('t');
        Op('(');
        for (int axis = 0; axis < tensor.Shape.Rank; axis++) Number(Stride(tensor.Shape, axis));
        Op('t');
        pickle.Add(0x89); // requires_grad = False
        EmptyOrderedDict(); // hooks
        Op('t');
        Op('R');
    }

    static long Stride(Shape shape, int axis)
    {
        long stride = 1;
        for (int inner = axis + 1; inner < shape.Rank; inner++) stride *= Math.Max(1, shape[inner]);
        return stride;
    }

    void EmptyOrderedDict()
    {
        Global("collections", "OrderedDict");
        Op(')');
        Op('R');
    }

    void Op(char opcode) => pickle.Add((byte)opcode);

    void Global(string module, string name) => pickle.AddRange(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Op('X');
        pickle.AddRange(length);
        pickle.AddRange(bytes);
    }

    void Number(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        if (number is >= int.MinValue and <= int.MaxValue)
        {
            Op('J');
            pickle.AddRange(bytes[..4]);
        }
        else
        {
            pickle.AddRange([0x8A, 8]);
            pickle.AddRange(bytes);
        }
    }

    static string StorageName(StoredTensor tensor) => tensor.Type switch
    {
        TensorType.Float32 => "Float",
        TensorType.Float64 => "Double",
        TensorType.Float16 => "Half",
        TensorType.BFloat16 => "BFloat16",
        TensorType.Int64 => "Long",
        TensorType.Int32 => "Int",
        TensorType.Int16 => "Short",
        TensorType.Int8 => "Char",
        TensorType.UInt8 => "Byte",
        TensorType.Bool => "Bool",
        TensorType.Complex64 => "ComplexFloat",
        TensorType.Complex128 => "ComplexDouble",
        _ => throw new ArgumentException($"tensor '{tensor.Name}' has elements of type {tensor.Type}, for which PyTorch files have no storage"),
    };
}
