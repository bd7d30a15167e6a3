using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ResNetSharp.Formats;

namespace ResNetSharp.Imaging.Png;

/// <summary>Writes 8-bit RGB PNG files, each row with the filter that leaves the smallest differences.</summary>
internal static class PngEncoder
{
    const int Channels = 3;
    const int Filters = 5;

    /// <summary>Writes a picture.</summary>
    public static void Encode(Image image, Stream target)
    {
        target.Write(PngFile.Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = (byte)PngColour.Rgb;
        header[10..].Clear();
        WriteChunk(target, "IHDR", header);
        WriteChunk(target, "IDAT", Compress(image));
        WriteChunk(target, "IEND", []);
    }

    static void WriteChunk(Stream target, string type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Crc32.Append(0, chunk.AsSpan(4, 4 + content.Length)));
        target.Write(chunk);
    }

    static ReadOnlySpan<byte> Compress(Image image)
    {
        using var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var rowBytes = image.Width * Channels;
            var candidates = new byte[Filters][];
            for (var filter = 0; filter < Filters; filter++) candidates[filter] = new byte[1 + rowBytes];
            ReadOnlySpan<byte> above = new byte[rowBytes];
            for (var y = 0; y < image.Height; y++)
            {
                var row = image.Pixels.AsSpan(y * rowBytes, rowBytes);
                stream.Write(BestFiltered(row, above, candidates));
                above = row;
            }
        }
        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    static byte[] BestFiltered(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, byte[][] candidates)
    {
        var best = 0;
        var bestCost = long.MaxValue;
        for (var filter = 0; filter < Filters; filter++)
        {
            candidates[filter][0] = (byte)filter;
            PngFilter.Apply(filter, row, above, Channels, candidates[filter].AsSpan(1));
            var cost = 0L;
            foreach (var difference in candidates[filter].AsSpan(1)) cost += Math.Abs((int)(sbyte)difference);
            if (cost < bestCost) (best, bestCost) = (filter, cost);
        }
        return candidates[best];
    }
}
