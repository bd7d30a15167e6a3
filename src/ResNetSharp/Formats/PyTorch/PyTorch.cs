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
