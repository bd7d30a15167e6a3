using System.IO.Compression;

namespace ResNetSharp.Imaging.Png;

/// <summary>Unpacks a picture's rows, a buffer at a time, and no more than the picture needs.</summary>
internal sealed class ScanlineReader : IDisposable
{
    const int BufferBytes = 1 << 16;

    readonly ZLibStream stream;
    readonly long offset;
    readonly byte[] buffer;
    long left;
    int start;
    int end;

    /// <summary>Starts to unpack.</summary>
    /// <param name="compressed">The data of all IDAT chunks.</param>
    /// <param name="needed">Bytes that the picture needs.</param>
    /// <param name="offset">Where the data begins in the file, for messages.</param>
    public ScanlineReader(Stream compressed, long needed, long offset)
    {
        stream = new ZLibStream(compressed, CompressionMode.Decompress);
        buffer = new byte[Math.Min(needed, BufferBytes)];
        left = needed;
        this.offset = offset;
    }

    /// <summary>Fills a row, or a part of one.</summary>
    public void Read(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            if (start == end) Fill();
            var count = Math.Min(target.Length, end - start);
            buffer.AsSpan(start, count).CopyTo(target);
            start += count;
            target = target[count..];
        }
    }

    /// <summary>Behind the last row: makes sure of the checksum, unless the data goes on.</summary>
    public void Finish()
    {
        try
        {
            _ = stream.ReadByte();
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    void Fill()
    {
        try
        {
            start = 0;
            end = stream.ReadAtLeast(buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)), 1, throwOnEndOfStream: false);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(exception);
        }
        if (end == 0) throw PngError.At("the compressed data ends before the picture does", offset);
        left -= end;
    }

    InvalidDataException Damaged(InvalidDataException exception) =>
        new($"PNG: the compressed data is damaged (it begins at byte {offset})", exception);
}
