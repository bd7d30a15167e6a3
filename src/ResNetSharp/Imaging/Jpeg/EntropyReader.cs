using System.Runtime.InteropServices;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>
/// Cuts a scan's data at its restart markers and removes the byte stuffing. Where markers are damaged it goes on as libjpeg does,
/// so that a slightly damaged picture gives the pixels that it gives elsewhere; data that ends with the file is refused.
/// </summary>
internal sealed unsafe class EntropyReader
{
    // The most bits an MCU can use up: ten blocks of 64 codes of 17 bits with 15 bits behind each; and one word read ahead.
    const int Padding = 10 * 64 * 4 + 16;

    readonly Scratch unstuffed = new();

    /// <summary>The marker that stopped the data, or 0 while none has been met.</summary>
    public byte Marker { get; set; }

    /// <summary>Whether the data ended early; what is missing counts as zero.</summary>
    public bool Insufficient { get; set; }

    /// <summary>The bits of the current interval.</summary>
    public BitReader Bits;

    /// <summary>Begins a scan at the source's position.</summary>
    public void BeginScan(ref JpegSource source)
    {
        Marker = 0;
        Insufficient = false;
        ReadInterval(ref source);
    }

    /// <summary>Goes on behind the restart marker with a number.</summary>
    public void Restart(ref JpegSource source, int expected)
    {
        if (Marker != JpegMarker.FirstRestart + expected) Resynchronise(ref source, expected);
        else Marker = 0;
        if (Marker == 0) Insufficient = false;
        ReadInterval(ref source);
    }

    /// <summary>Gives memory of unusual size back.</summary>
    public void Trim() => unstuffed.Trim();

    // libjpeg's guess (jpeg_resync_to_restart): a marker that is one or two early means lost data, one or two late repeated data.
    void Resynchronise(ref JpegSource source, int expected)
    {
        while (true)
        {
            if (Marker >= JpegMarker.BaselineFrame && !JpegMarker.IsRestart(Marker)) return;
            if (JpegMarker.IsRestart(Marker))
            {
                var ahead = (Marker - JpegMarker.FirstRestart - expected) & 7;
                if (ahead is 1 or 2) return;
                if (ahead is not (6 or 7))
                {
                    Marker = 0;
                    return;
                }
            }
            Marker = source.NextMarker();
        }
    }

    void ReadInterval(ref JpegSource source)
    {
        if (Marker != 0)
        {
            var nothing = unstuffed.Reserve(Padding);
            NativeMemory.Clear(nothing, Padding);
            Bits = new BitReader(nothing, nothing);
            return;
        }
        var length = FindMarker(source.File, source.Position);
        var target = unstuffed.Reserve(length - source.Position + Padding);
        var end = Unstuff(source.File[source.Position..length], target);
        NativeMemory.Clear(end, Padding);
        Bits = new BitReader(target, end);
        source.Position = length;
        Marker = source.NextMarker();
    }

    static int FindMarker(ReadOnlySpan<byte> file, int position)
    {
        while (true)
        {
            var ahead = file[position..].IndexOf((byte)0xFF);
            if (ahead < 0) break;
            position += ahead;
            var code = position + 1;
            while (code < file.Length && file[code] == 0xFF) code++;
            if (code == file.Length) break;
            if (file[code] != 0) return position;
            position = code + 1;
        }
        throw JpegError.At("the file ends inside the picture's data", file.Length);
    }

    static byte* Unstuff(ReadOnlySpan<byte> stuffed, byte* target)
    {
        while (true)
        {
            var plain = stuffed.IndexOf((byte)0xFF);
            if (plain < 0) break;
            stuffed[..(plain + 1)].CopyTo(new Span<byte>(target, plain + 1));
            target += plain + 1;
            var code = plain + 1;
            while (stuffed[code] == 0xFF) code++;
            stuffed = stuffed[(code + 1)..];
        }
        stuffed.CopyTo(new Span<byte>(target, stuffed.Length));
        return target + stuffed.Length;
    }
}
