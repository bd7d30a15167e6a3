using System.Formats.Tar;
using System.Text;
using ResNetSharp.Data;
using ResNetSharp.Data.Archives;
using ResNetSharp.Formats;
using ResNetSharp.Imaging;
using ResNetSharp.Models;

namespace ResNetSharp.Fuzz;

/// <summary>All parsers of files that may come from anybody.</summary>
sealed class FuzzTargets : IDisposable
{
    /// <summary>Where Linux keeps files in memory.</summary>
    const string MemoryFolder = "/dev/shm";

    static readonly ImageLoadOptions ImageOptions = new() { ApplyOrientation = true, MaxPixels = 1 << 20 };

    const int LargestFile = 24_000;

    readonly FuzzCorpus corpus;
    readonly string folder = Directory.CreateDirectory(Path.Combine(Directory.Exists(MemoryFolder) ? MemoryFolder : Path.GetTempPath(), $"resnetsharp-fuzz-{Guid.NewGuid():N}")).FullName;
    readonly KerasWeights kerasWeights;

    /// <summary>Makes all targets.</summary>
    /// <param name="data">The folder of test data; null for the library's own files alone.</param>
    public FuzzTargets(string? data)
    {
        corpus = new FuzzCorpus(data);
        var keras = FuzzCorpus.Own("model.h5", FuzzCorpus.SmallModel().SaveKeras);
        kerasWeights = KerasWeights.Open(keras.Bytes, keras.Name);
        var archive = FuzzCorpus.Own("model.keras", FuzzCorpus.SmallModel().SaveKeras);
        var weights = FuzzCorpus.Own("model.weights.h5", FuzzCorpus.SmallModel().SaveKeras);
        var torch = FuzzCorpus.Own("model.pt", path => PyTorch.Write(path, FuzzCorpus.Tensors()));
        All =
        [
            new("pickle", [.. corpus.Small(LargestFile, "weights/tiny/torch", ".pt", ".pth", ".bin"), torch], ReadWeights)
            {
                Repair = bytes => Repairs.Zip(bytes),
                // What a pickle may build is limited to 96 MB.
                AllocationLimit = 128 << 20,
            },
            new("safetensors", [.. corpus.Small(LargestFile, "weights/tiny/safetensors", ".safetensors"), FuzzCorpus.Own("model.safetensors", FuzzCorpus.SmallModel().Save)], ReadWeights),
            new("hdf5", [.. corpus.Small(LargestFile, "weights/tiny/hdf5", ".h5"), keras, weights], ReadWeights)
            {
                Repair = bytes => Repairs.Hdf5(bytes),
                // A data set that was never written may be of 64 MB: it is read as its fill value.
                AllocationLimit = 128 << 20,
            },
            new("keras", [keras, archive, weights], ReadKeras) { Repair = bytes => Repairs.Zip(bytes) },
            new("keras-config", [("model_config", Encoding.UTF8.GetBytes(kerasWeights.Metadata["model_config"]))], ReadConfig) { IsJson = true },
            new("onnx", [FuzzCorpus.Own("model.onnx", WriteOnnx)], ReadOnnx),
            new("jpeg", [.. corpus.Small(6000, "images", ".jpg")], ReadImage),
            new("png", [.. corpus.Small(LargestFile, "images", ".png"), ("own.png", FuzzCorpus.Png())], ReadImage) { Repair = bytes => Repairs.Png(bytes) },
            new("bmp", [.. corpus.Small(LargestFile, "images", ".bmp")], ReadImage),
            new("idx", [("plain", FuzzCorpus.Idx()), ("gzip", FuzzCorpus.Gzip(FuzzCorpus.Idx()))], bytes => IdxFile.Read(InFolder("x.idx", bytes), 3)),
            new("tar", [.. new[] { TarEntryFormat.Ustar, TarEntryFormat.Gnu, TarEntryFormat.Pax }.Select(f => ($"{f}", FuzzCorpus.Tar(f)))], bytes => ReadTree("x.tar", bytes))
            {
                Repair = bytes => Repairs.Tar(bytes),
            },
            new("tgz", [("tgz", FuzzCorpus.Gzip(FuzzCorpus.Tar(TarEntryFormat.Pax)))], bytes => ReadTree("x.tgz", bytes)),
            new("zip", [("zip", FuzzCorpus.Zip())], bytes => ReadTree("x.zip", bytes)) { Repair = bytes => Repairs.Zip(bytes) },
        ];
    }

    /// <summary>The targets; those without a file to damage are left out by whoever runs them.</summary>
    public IReadOnlyList<FuzzTarget> All { get; }

    public void Dispose()
    {
        kerasWeights.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    static void ReadWeights(byte[] bytes)
    {
        using var file = WeightFile.Open(bytes, "damaged");
        foreach (var tensor in file) tensor.ReadBytes(0, new byte[tensor.ByteLength]);
    }

    static void ReadKeras(byte[] bytes)
    {
        using var file = KerasWeights.Open(bytes, "damaged");
        KerasModelFile.Load(file);
    }

    void ReadConfig(byte[] bytes) => KerasModelFile.Make(kerasWeights, Encoding.UTF8.GetString(bytes));

    static void ReadOnnx(byte[] bytes)
    {
        using (var model = OnnxModel.Open(bytes, "damaged"))
            foreach (var tensor in model.Graph.Initializers) tensor.ReadBytes(0, new byte[tensor.ByteLength]);
        ReadWeights(bytes);
    }

    static void ReadImage(byte[] bytes)
    {
        Image.Load(bytes, ImageOptions);
        RgbaImage.Load(bytes, ImageOptions.MaxPixels);
    }

    void ReadTree(string name, byte[] bytes)
    {
        var tree = FileTree.Open(InFolder(name, bytes), _ => true);
        for (var i = 0; i < tree.Files.Count; i++) tree.ReadAll(i);
    }

    string InFolder(string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static void WriteOnnx(string path)
    {
        var graph = new OnnxGraph
        {
            Name = "g",
            Nodes =
            [
                new OnnxNode("Conv", ["x", "w", ""], ["c"], [new("strides", [2L, 2L]), new("group", 1), new("auto_pad", "SAME_UPPER")], "first"),
                new OnnxNode("Elu", ["c"], ["e"], [new("alpha", 0.5f)]),
                new OnnxNode("Constant", [], ["k"], [new("value", StoredTensor.Create("", [1], new[] { 3f }))]),
            ],
            Initializers = [.. FuzzCorpus.Tensors()],
            Inputs = [new OnnxValue("x", TensorType.Float32, [new(null, "batch"), new(3), new(4), new(4)])],
        };
        new OnnxModel { Graph = graph, OperatorSets = [new OnnxOperatorSet("", 13)], Metadata = new Dictionary<string, string> { ["note"] = "text" } }.Write(path);
    }
}
