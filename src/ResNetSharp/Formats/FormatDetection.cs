namespace ResNetSharp.Formats;

/// <summary>Finds out what kind of file a weight file is.</summary>
internal static class FormatDetection
{
    /// <summary>Reads a source with the reader given, or the one its content asks for; closes it if that fails.</summary>
    public static WeightFile Open(ByteSource source, Func<ByteSource, WeightFile>? reader)
    {
        try
        {
            return (reader ?? Detect(source))(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    static Func<ByteSource, WeightFile> Detect(ByteSource source)
    {
        if (source.Length == 0) throw source.Fail("the file is empty");
        Span<byte> start = stackalloc byte[(int)Math.Min(source.Length, 512)];
        source.Read(0, start);
        var extension = Path.GetExtension(source.Name).ToLowerInvariant();
        if (SafeTensorsReader.Recognizes(start, source.Length) || extension == ".safetensors") return SafeTensorsReader.Read;
        throw source.Fail($"this is no weight file that is known here (safetensors, PyTorch, Keras HDF5){Guess(start)}");
    }

    static string Guess(ReadOnlySpan<byte> start) =>
        start.StartsWith("version https://git-lfs"u8) ? "; it is a Git LFS pointer: fetch the real file with 'git lfs pull'"
        : start.TrimStart(" \t\r\n"u8).StartsWith("<"u8) ? "; it looks like a web page saved under the name of the file"
        : "";
}
