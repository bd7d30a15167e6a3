namespace ResNetSharp.Formats;

/// <summary>
/// Weight files of PyTorch (<c>.pth</c>, <c>.pt</c>, <c>.th</c>, <c>.bin</c>), of all three formats that <c>torch.save</c> has had. They are
/// pickles, programs for Python; this reader treats them as data, knows only what tensors need, and refuses a file that asks for anything else.
/// </summary>
public static class PyTorch
{
    /// <summary>
    /// Opens a PyTorch file. A <c>state_dict</c> inside a training checkpoint is found, and a prefix such as <c>module.</c> that all names share is
    /// dropped; <see cref="WeightFile.Prefix"/> says so. Plain values beside the weights become <see cref="WeightFile.Metadata"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, holds a whole network instead of tensors, or asks for something a weight file does not need.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightFile Open(string path) => FormatDetection.Open(FileBytes.Open(path), Read);

    /// <summary>
    /// Writes a <c>state_dict</c> as <c>torch.save</c> does since PyTorch 1.6; <c>torch.load</c> reads it, with <c>weights_only=True</c> too. The
    /// file is complete or not there, and the same tensors give the same bytes.
    /// </summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">The tensors in their order. They may come from another open file.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a tensor has an element type that PyTorch lacks.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<StoredTensor> tensors)
    {
        var all = tensors.ToArray();
        var names = new HashSet<string>();
        foreach (var tensor in all)
            if (!names.Add(tensor.Name)) throw new ArgumentException($"tensor '{tensor.Name}' occurs twice", nameof(tensors));
        var pickle = TorchPickleWriter.Write(all);
        AtomicFile.Write(path, pickle.Length + all.Sum(t => t.ByteLength), stream =>
        {
            const string Folder = "archive/";
            var zip = new ZipWriter(stream);
            zip.Add(Folder + "data.pkl", pickle);
            zip.Add(Folder + "byteorder", "little"u8.ToArray());
            for (int i = 0; i < all.Length; i++) zip.Add($"{Folder}data/{i}", all[i].ByteLength, all[i].WriteTo);
            zip.Add(Folder + "version", "3\n"u8.ToArray());
            zip.Finish();
        });
    }

    internal static WeightFile Read(ByteSource source)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(source.Length, 512)];
        source.Read(0, start);
        if (ZipDirectory.Recognizes(start)) return TorchZip.Read(source);
        return TorchTar.Recognizes(start) ? TorchTar.Read(source)
            : TorchLegacy.Recognizes(start) ? TorchLegacy.Read(source)
            : throw FormatDetection.Unknown(source, start, "no PyTorch file");
    }
}
