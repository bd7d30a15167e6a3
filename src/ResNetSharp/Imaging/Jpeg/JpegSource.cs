using System.Buffers.Binary;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>Walks over the markers and segments of a JPEG file.</summary>
internal ref struct JpegSource(ReadOnlySpan<byte> file)
{
    readonly ReadOnlySpan<byte> file = file;

    /// <summary>The offset of the next byte.</summary>
    public int Position { get; set; }

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => file.Length - Position;

    /// <summary>The whole file.</summary>
    public readonly ReadOnlySpan<byte> File => file;

    /// <summary>The error of a file that is wrong at the current position.</summary>
    public readonly InvalidDataException Error(string what) => JpegError.At(what, Position);

    /// <summary>Reads the marker that every JPEG file begins with.</summary>
    public void ReadStartOfImage()
    {
        if (!file.StartsWith((ReadOnlySpan<byte>)[0xFF, JpegMarker.StartOfImage])) throw Error("no start-of-image marker");
        Position = 2;
    }

    /// <summary>Finds the next marker, over fill bytes and stray data, and stands behind it.</summary>
    public byte NextMarker()
    {
        while (true)
        {
            var skipped = file[Position..].IndexOf((byte)0xFF);
            if (skipped < 0) break;
            Position += skipped + 1;
            while (Position < file.Length && file[Position] == 0xFF) Position++;
            if (Position >= file.Length) break;
            var marker = file[Position++];
            if (marker != 0) return marker;
        }
        Position = file.Length;
        throw Error("the file ends where a marker was expected");
    }

    /// <summary>Reads a segment's length and takes its content.</summary>
    public ReadOnlySpan<byte> ReadSegment()
    {
        if (Remaining < 2) throw Error("the file ends inside a segment's length");
        var length = BinaryPrimitives.ReadUInt16BigEndian(file[Position..]);
        if (length < 2) throw Error($"a segment has length {length}");
        if (length > Remaining) throw Error($"a segment of {length} bytes is longer than the rest of the file, {Remaining}");
        var content = file.Slice(Position + 2, length - 2);
        Position += length;
        return content;
    }
}
