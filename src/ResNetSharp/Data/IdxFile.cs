using System.Buffers.Binary;
using System.IO.Compression;

namespace ResNetSharp.Data;

/// <summary>
/// Reads the IDX format of the MNIST family, plain or compressed with gzip: two zero bytes, the type (8 for bytes), the number of
/// axes, the extents as big-endian 32-bit numbers, the values.
/// </summary>
static class IdxFile
{
    const byte ByteType = 8;

    /// <summary>No deflate stream holds more than this many times its own size.</summary>
    const long LargestExpansion = 1032;

    /// <summary>Reads a file of bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="axes">The number of axes it must have.</param>
    /// <exception cref="InvalidDataException">Another format, a damaged or a truncated file.</exception>
    public static (Shape Shape, byte[] Values) Read(string path, int axes)
    {
        using var file = File.OpenRead(path);
        try
        {
            if (!IsGzip(file)) return Read(file, axes, file.Length);
            using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            return Read(unzipped, axes, file.Length * LargestExpansion);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException($"{path} is cut short: it ends before the values its header promises; fetch it again");
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path} {e.Message}", e);
        }
    }

    static (Shape Shape, byte[] Values) Read(Stream stream, int axes, long mostBytes)
    {
        Span<byte> header = stackalloc byte[4 + 4 * axes];
        stream.ReadExactly(header[..4]);
        if (header[0] != 0 || header[1] != 0 || header[2] != ByteType || header[3] != axes)
            throw new InvalidDataException(
                $"is not an IDX file of bytes with {axes} axes: it begins with {Convert.ToHexString(header[..4])}, not 000008{axes:X2}");
        stream.ReadExactly(header[4..]);
        var extents = new int[axes];
        long size = 1;
        for (var i = 0; i < axes; i++)
        {
            extents[i] = BinaryPrimitives.ReadInt32BigEndian(header[(4 + 4 * i)..]);
            if (extents[i] < 1) throw new InvalidDataException($"has an impossible extent {(uint)extents[i]} on axis {i}");
            size = size * extents[i];
            if (size > Math.Min(mostBytes, Array.MaxLength))
                throw new InvalidDataException($"promises {size} or more values, which it cannot hold; it is damaged or cut short");
        }
        var values = new byte[size];
        stream.ReadExactly(values);
        if (stream.ReadByte() >= 0) throw new InvalidDataException($"goes on after the {size} values its header promises");
        return (new Shape(extents), values);
    }

    static bool IsGzip(FileStream file)
    {
        var gzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return gzip;
    }
}
