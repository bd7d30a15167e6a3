namespace ResNetSharp.Imaging.Jpeg;

/// <summary>Room for one row of each component at the picture's full width, and for sums on the way there.</summary>
internal sealed unsafe class RowBuffers
{
    /// <summary>Samples that vector code may read or write beyond the end of a row.</summary>
    public const int Slack = 64;

    readonly Scratch memory = new();
    byte* samples;
    long rowBytes;

    /// <summary>Sums of neighbouring rows; the places before the first and behind the last one exist.</summary>
    public ushort* Sums { get; private set; }

    /// <summary>Makes room.</summary>
    public void Allocate(int width)
    {
        // Upsampling writes whole samples of the component, up to three pixels more than the picture has.
        rowBytes = (width + 3 + Slack + 63) & ~63;
        var sumBytes = 2 * Slack + rowBytes * sizeof(ushort);
        var start = memory.Reserve(sumBytes + JpegFrame.MostComponents * rowBytes);
        Sums = (ushort*)(start + Slack);
        samples = start + sumBytes;
    }

    /// <summary>The row of a component.</summary>
    public byte* Row(int component) => samples + component * rowBytes;

    /// <summary>Gives memory of unusual size back.</summary>
    public void Trim() => memory.Trim();
}
