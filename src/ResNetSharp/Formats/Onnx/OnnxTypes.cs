namespace ResNetSharp.Formats;

/// <summary>ONNX' numbers for element types.</summary>
internal static class OnnxTypes
{
    static readonly (int Code, TensorType Type)[] Types =
    [
        (1, TensorType.Float32), (2, TensorType.UInt8), (3, TensorType.Int8), (4, TensorType.UInt16), (5, TensorType.Int16), (6, TensorType.Int32),
        (7, TensorType.Int64), (9, TensorType.Bool), (10, TensorType.Float16), (11, TensorType.Float64), (12, TensorType.UInt32), (13, TensorType.UInt64),
        (14, TensorType.Complex64), (15, TensorType.Complex128), (16, TensorType.BFloat16), (17, TensorType.Float8E4M3), (19, TensorType.Float8E5M2),
    ];

    public static int Code(TensorType type)
    {
        foreach (var known in Types)
            if (known.Type == type) return known.Code;
        throw new ArgumentException($"ONNX has no element type {type}", nameof(type));
    }

    public static TensorType? Find(long code)
    {
        foreach (var known in Types)
            if (known.Code == code) return known.Type;
        return null;
    }
}
