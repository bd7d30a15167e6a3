using System.IO.Compression;

namespace ResNetSharp.Formats;

/// <summary>Unpacks data whose length is known beforehand.</summary>
internal static class Inflater
{
    /// <summary>Fills the destination exactly from a compressed stream.</summary>
    /// <returns>Whether the stream is sound and ends with the last byte.</returns>
    public static bool TryFill(Stream decompressor, Span<byte> destination)
    {
        try
        {
            return decompressor.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) == destination.Length && decompressor.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false; // the caller names the file and the place
        }
    }

    public static bool TryInflate(ByteSource packed, Span<byte> destination)
    {
        using var input = new ByteSourceStream(packed);
        using var deflate = new DeflateStream(input, CompressionMode.Decompress);
        return TryFill(deflate, destination);
    }
}
