namespace ResNetSharp.Formats;

/// <summary>What the elements of a data set or an attribute are.</summary>
internal sealed record Hdf5Datatype(int Size, TensorType? Number = null, bool IsBigEndian = false, bool IsFixedText = false, bool IsVariableText = false, string Description = "")
{
    enum Class
    {
        FixedPoint,
        FloatingPoint,
        Time,
        Text,
        BitField,
        Opaque,
        Compound,
        Reference,
        Enumeration,
        VariableLength,
        Array,
    }

    // The classes, in words for messages.
    static readonly string[] Names =
    [
        "an integer", "a floating-point number", "a time", "a text", "a bit field", "opaque", "a compound", "a reference", "an enumeration", "of variable length", "an array",
    ];

    public static Hdf5Datatype Parse(Hdf5Block block)
    {
        int head = block.U8(), bits = block.U8() | block.U8() << 8 | block.U8() << 16;
        var kind = (Class)(head & 15);
        if (head >> 4 is 0 or > 5) throw block.Fail($"a datatype has version {head >> 4}; 1 to 5 are known");
        if (kind > Class.Array) throw block.Fail($"a datatype has class {(int)kind}; 0 to 10 are known");
        var length = block.U32();
        if (length is 0 or > int.MaxValue) throw block.Fail($"a datatype has {length} bytes");
        int size = (int)length;
        var type = kind switch
        {
            Class.FixedPoint => new Hdf5Datatype(size, Integer(block, size, bits), (bits & 1) != 0),
            Class.FloatingPoint => new Hdf5Datatype(size, Float(block, size, bits), (bits & 1) != 0),
            Class.Text => new Hdf5Datatype(size, IsFixedText: true),
            Class.VariableLength when (bits & 15) == 1 => new Hdf5Datatype(size, IsVariableText: true),
            _ => new Hdf5Datatype(size),
        };
        return type with { Description = $"{Names[(int)kind]} of {size} bytes" };
    }

    static TensorType? Integer(Hdf5Block block, int size, int bits)
    {
        const int Signed = 8;
        int offset = block.U16(), precision = block.U16();
        if (offset != 0 || precision != 8 * size) return null;
        return (size, (bits & Signed) != 0) switch
        {
            (1, true) => TensorType.Int8,
            (1, false) => TensorType.UInt8,
            (2, true) => TensorType.Int16,
            (2, false) => TensorType.UInt16,
            (4, true) => TensorType.Int32,
            (4, false) => TensorType.UInt32,
            (8, true) => TensorType.Int64,
            (8, false) => TensorType.UInt64,
            _ => null,
        };
    }

    static TensorType? Float(Hdf5Block block, int size, int bits)
    {
        const int HighByteOrderBit = 0x40, NormalizationMask = 0x30, ImpliedOne = 0x20;
        int offset = block.U16(), precision = block.U16(), exponentAt = block.U8(), exponentSize = block.U8(), mantissaAt = block.U8(), mantissaSize = block.U8();
        var bias = block.U32();
        int sign = bits >> 8 & 0xFF;
        if (offset != 0 || precision != 8 * size || mantissaAt != 0 || exponentAt != mantissaSize || sign != precision - 1) return null;
        if ((bits & HighByteOrderBit) != 0 || (bits & NormalizationMask) != ImpliedOne) return null;
        return (size, exponentSize, mantissaSize, bias) switch
        {
            (2, 5, 10, 15) => TensorType.Float16,
            (2, 8, 7, 127) => TensorType.BFloat16,
            (4, 8, 23, 127) => TensorType.Float32,
            (8, 11, 52, 1023) => TensorType.Float64,
            _ => null,
        };
    }
}
