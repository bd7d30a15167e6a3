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

    /// <summary>Whether a file is one of Keras': HDF5, or an archive with HDF5 in it.</summary>
    /// <exception cref="InvalidDataException">The file is of no known kind.</exception>
    public static bool IsKeras(string path)
    {
        using var source = FileBytes.Open(path);
        var reader = Detect(source);
        return reader == Hdf5File.Read || reader == ReadZip && KerasArchive.Recognizes(new ZipDirectory(source));
    }

    /// <summary>An error for a file of no known kind, with a guess at what it is instead.</summary>
    public static InvalidDataException Unknown(ByteSource source, ReadOnlySpan<byte> start, string what) =>
        source.Fail(start.IsEmpty ? "the file is empty"
            : start.StartsWith("version https://git-lfs"u8) ? "the file is a Git LFS pointer: fetch the real file with 'git lfs pull'"
            : start.TrimStart(" \t\r\n"u8).StartsWith("<"u8) ? "the file looks like a web page that was saved under this name"
            : $"the file is {what}");

    static Func<ByteSource, WeightFile> Detect(ByteSource source)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(source.Length, 512)];
        source.Read(0, start);
        // Who names a file so relies on that format's safety; another content under this name is refused.
        if (Path.GetExtension(source.Name).Equals(".safetensors", StringComparison.OrdinalIgnoreCase)) return SafeTensorsReader.Read;
        if (SafeTensorsReader.Recognizes(start, source.Length)) return SafeTensorsReader.Read;
        if (ZipDirectory.Recognizes(start)) return ReadZip;
        if (TorchTar.Recognizes(start)) return TorchTar.Read;
        if (TorchLegacy.Recognizes(start)) return TorchLegacy.Read;
        if (OnnxReader.Recognizes(start)) return OnnxReader.ReadWeights;
        if (Hdf5File.Recognizes(source)) return Hdf5File.Read;
        throw Unknown(source, start, "no weight file of a known kind (safetensors, PyTorch, Keras HDF5, ONNX)");
    }

    static WeightFile ReadZip(ByteSource source)
    {
        var zip = new ZipDirectory(source);
        if (TorchZip.Recognizes(zip)) return TorchZip.Read(source, zip);
        if (KerasArchive.Recognizes(zip)) return KerasArchive.Read(source, zip);
        throw source.Fail("the file is a zip archive, but neither a PyTorch file (data.pkl) nor a Keras model (model.weights.h5)");
    }
}
