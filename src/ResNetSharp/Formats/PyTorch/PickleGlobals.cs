namespace ResNetSharp.Formats;

/// <summary>
/// The Python names that a file of weights may use. Every one stands for a few lines in <see cref="TorchBuilder"/> that put data together;
/// nothing else can be reached, and no name is ever looked up anywhere but here.
/// </summary>
internal static class PickleGlobals
{
    static readonly Dictionary<string, PickleGlobal> Known = Make();

    public static PickleGlobal Find(ByteCursor at, string module, string name) =>
        Known.TryGetValue($"{module}.{name}", out var known) ? known
        : throw at.Fail($"the file asks for Python's '{Printable(module)}.{Printable(name)}', which a file of weights does not need; it was not run and the file is refused");

    static string Printable(string text) =>
        string.Concat((text.Length > 100 ? text[..100] : text).Select(c => char.IsControl(c) ? '?' : c));

    static Dictionary<string, PickleGlobal> Make()
    {
        var known = new Dictionary<string, PickleGlobal>();
        void Add(PickleGlobalKind kind, params string[] names)
        {
            foreach (var name in names) known.Add(name, new PickleGlobal(name, kind));
        }
        void AddType(TensorType type, string storage, params string[] elements)
        {
            foreach (var module in (string[])["torch", "torch.cuda"])
            {
                known.Add($"{module}.{storage}Storage", new PickleGlobal($"{module}.{storage}Storage", PickleGlobalKind.Storage, type));
                known.Add($"{module}.{storage}Tensor", new PickleGlobal($"{module}.{storage}Tensor", PickleGlobalKind.TensorClass, type));
            }
            AddElements(type, elements);
        }
        void AddElements(TensorType type, params string[] elements)
        {
            foreach (var element in elements) known.Add($"torch.{element}", new PickleGlobal($"torch.{element}", PickleGlobalKind.ElementType, type));
        }

        AddType(TensorType.Float32, "Float", "float32", "float");
        AddType(TensorType.Float64, "Double", "float64", "double");
        AddType(TensorType.Float16, "Half", "float16", "half");
        AddType(TensorType.BFloat16, "BFloat16", "bfloat16");
        AddType(TensorType.Int64, "Long", "int64", "long");
        AddType(TensorType.Int32, "Int", "int32", "int");
        AddType(TensorType.Int16, "Short", "int16", "short");
        AddType(TensorType.Int8, "Char", "int8");
        AddType(TensorType.UInt8, "Byte", "uint8");
        AddType(TensorType.Bool, "Bool", "bool");
        AddType(TensorType.Complex64, "ComplexFloat", "complex64", "cfloat");
        AddType(TensorType.Complex128, "ComplexDouble", "complex128", "cdouble");
        AddElements(TensorType.UInt16, "uint16");
        AddElements(TensorType.UInt32, "uint32");
        AddElements(TensorType.UInt64, "uint64");
        AddElements(TensorType.Float8E4M3, "float8_e4m3fn");
        AddElements(TensorType.Float8E5M2, "float8_e5m2");
        AddElements(TensorType.Float8E8M0, "float8_e8m0fnu");

        Add(PickleGlobalKind.UntypedStorage, "torch.UntypedStorage", "torch.storage.UntypedStorage", "torch.storage._UntypedStorage");
        Add(PickleGlobalKind.Dict, "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "builtins.dict", "__builtin__.dict", "argparse.Namespace");
        Add(PickleGlobalKind.RebuildTensor, "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2");
        Add(PickleGlobalKind.RebuildTensorWithType, "torch._utils._rebuild_tensor_v3");
        Add(PickleGlobalKind.RebuildParameter, "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state");
        Add(PickleGlobalKind.Parameter, "torch.nn.parameter.Parameter", "torch.nn.Parameter");
        Add(PickleGlobalKind.Size, "torch.Size");
        Add(PickleGlobalKind.Encode, "_codecs.encode");
        // Harmless values that training scripts keep beside the weights.
        Add(PickleGlobalKind.Opaque, "torch.device", "torch.strided", "torch.channels_last", "torch.contiguous_format", "torch.preserve_format",
            "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
            "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct");
        foreach (var type in (string[])["set", "frozenset", "list", "tuple", "int", "float", "bool", "str", "complex", "bytearray"])
            Add(PickleGlobalKind.Opaque, $"builtins.{type}", $"__builtin__.{type}");
        return known;
    }
}
