using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

public sealed class PyTorchWriterTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.pth");
        PyTorch.Write(path, Tensors());
        using var file = WeightFile.Open(path);
        Assert.Equal(WeightFormat.PyTorchZip, file.Format);
        Assert.Equal(Tensors().Select(Describe), file.Select(Describe));
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        PyTorch.Write(folder.File("a.pth"), Tensors());
        PyTorch.Write(folder.File("b.pth"), Tensors());
        Assert.Equal(File.ReadAllBytes(folder.File("a.pth")), File.ReadAllBytes(folder.File("b.pth")));
    }

    [Fact]
    public void Numbers_begin_at_multiples_of_64_bytes()
    {
        using var folder = new TemporaryFolder();
        PyTorch.Write(folder.File("a.pth"), [StoredTensor.Create("a", [1], TensorType.UInt8, new byte[] { 1 }), StoredTensor.Create("b", [2], TensorType.Int8, new byte[] { 0x11, 0x22 })]);
        var bytes = File.ReadAllBytes(folder.File("a.pth"));
        Assert.Equal(0, bytes.AsSpan().IndexOf("\x11\x22"u8) % 64);
    }

    [PythonFact("torch")]
    public void PyTorch_loads_what_is_written()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.pth");
        PyTorch.Write(path, Tensors());
        var said = Python.Run(Python.With("torch")!, $$"""
            import torch
            for how in ({}, {'weights_only': True}):
                d = torch.load({{Quote(path)}}, map_location='cpu', **how)
                print(type(d).__name__)
                for k, v in d.items():
                    print(k, tuple(v.shape), str(v.dtype)[6:], v.is_contiguous(), v.float().flatten().tolist())
            """);
        const string Expected = """
            OrderedDict
            conv.weight (2, 1, 1, 2) float32 True [1.0, -2.0, 0.5, 3.0]
            bn.num_batches_tracked () int64 True [9007199254740992.0]
            über (2,) float16 True [1.0, -2.0]
            empty (0, 3) float32 True []
            mask (3,) bool True [1.0, 0.0, 1.0]
            """;
        Assert.Equal((Expected + "\n" + Expected).ReplaceLineEndings("\n"), said.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Types_that_PyTorch_lacks_are_not_written()
    {
        using var folder = new TemporaryFolder();
        var tensor = StoredTensor.Create("w", [2], TensorType.Float4E2M1, new byte[1]);
        Assert.Contains("'w'", Assert.Throws<ArgumentException>(() => PyTorch.Write(folder.File("a.pth"), [tensor])).Message);
        Assert.Empty(folder.Names);
    }

    static StoredTensor[] Tensors() =>
    [
        StoredTensor.Create("conv.weight", [2, 1, 1, 2], new[] { 1f, -2f, 0.5f, 3f }),
        StoredTensor.Create("bn.num_batches_tracked", [], new[] { 1L << 53 }),
        StoredTensor.Create("über", [2], TensorType.Float16, new byte[] { 0, 0x3C, 0, 0xC0 }),
        StoredTensor.Create("empty", [0, 3], Array.Empty<float>()),
        StoredTensor.Create("mask", [3], TensorType.Bool, new byte[] { 1, 0, 1 }),
    ];

    static string Describe(StoredTensor tensor) => $"{tensor.Name} {tensor.Shape} {tensor.Type} {string.Join(" ", tensor.ToFloats())}";

    static string Quote(string path) => "'" + path.Replace("\\", "\\\\", StringComparison.Ordinal) + "'";
}
