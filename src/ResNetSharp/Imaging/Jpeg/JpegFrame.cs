using System.Buffers.Binary;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>What the frame header says: the picture's size and its components.</summary>
internal sealed class JpegFrame
{
    /// <summary>Components of a CMYK picture, the most there are.</summary>
    public const int MostComponents = 4;

    const int LargestFactor = 4;

    readonly JpegComponent[] components = [new(), new(), new(), new()];
    int count;

    /// <summary>Pixels in a row; 0 before the frame header is read.</summary>
    public int Width { get; private set; }

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>Whether coefficients come in several passes.</summary>
    public bool Progressive { get; private set; }

    /// <summary>The largest sampling factors.</summary>
    public int Horizontal { get; private set; }

    /// <inheritdoc cref="Horizontal"/>
    public int Vertical { get; private set; }

    /// <summary>MCUs of an interleaved scan.</summary>
    public int McusAcross { get; private set; }

    /// <inheritdoc cref="McusAcross"/>
    public int McusDown { get; private set; }

    /// <summary>The colour planes.</summary>
    public ReadOnlySpan<JpegComponent> Components => components.AsSpan(0, count);

    /// <summary>Forgets the picture.</summary>
    public void Reset()
    {
        Width = Height = count = 0;
        foreach (var component in components) component.Trim();
    }

    /// <summary>Reads a frame header, of the codings that are known.</summary>
    public void Read(byte marker, ReadOnlySpan<byte> segment, long offset)
    {
        if (Width != 0) throw JpegError.At("a second frame header", offset);
        if (marker > JpegMarker.ProgressiveFrame)
            throw JpegError.At($"frame type SOF{marker - JpegMarker.BaselineFrame} (lossless, arithmetic or hierarchical coding) is not supported", offset);
        if (segment.Length < 6) throw JpegError.At("the frame header is cut short", offset);
        if (segment[0] != 8) throw JpegError.At($"{segment[0]} bits a sample are not supported, only 8", offset);
        var (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));
        if (width == 0 || height == 0) throw JpegError.At($"the picture has size {width}x{height}", offset);
        count = segment[5];
        if (count is not (1 or 3 or 4)) throw JpegError.At($"pictures of {count} components are not supported, only of 1, 3 or 4", offset);
        if (segment.Length != 6 + 3 * count) throw JpegError.At("the frame header's length does not fit its components", offset);
        Progressive = marker == JpegMarker.ProgressiveFrame;
        (Width, Height) = (width, height);
        for (var i = 0; i < count; i++) ReadComponent(components[i], segment.Slice(6 + 3 * i, 3), offset);
        Measure(offset);
    }

    static void ReadComponent(JpegComponent component, ReadOnlySpan<byte> description, long offset)
    {
        component.Id = description[0];
        component.Horizontal = description[1] >> 4;
        component.Vertical = description[1] & 15;
        component.QuantisationIndex = description[2];
        component.Scanned = false;
        if (component.Horizontal is < 1 or > LargestFactor || component.Vertical is < 1 or > LargestFactor)
            throw JpegError.At($"sampling factors {component.Horizontal}x{component.Vertical} are out of range", offset);
    }

    void Measure(long offset)
    {
        Horizontal = Vertical = 1;
        foreach (var component in Components)
        {
            Horizontal = Math.Max(Horizontal, component.Horizontal);
            Vertical = Math.Max(Vertical, component.Vertical);
        }
        McusAcross = CeilingDivide(Width, 8 * Horizontal);
        McusDown = CeilingDivide(Height, 8 * Vertical);
        foreach (var component in Components)
        {
            if (Horizontal % component.Horizontal != 0 || Vertical % component.Vertical != 0)
                throw JpegError.At("sampling factors that do not divide each other are not supported", offset);
            component.Width = CeilingDivide(Width * component.Horizontal, Horizontal);
            component.Height = CeilingDivide(Height * component.Vertical, Vertical);
            component.BlocksAcross = CeilingDivide(component.Width, 8);
            component.BlocksDown = CeilingDivide(component.Height, 8);
            component.StoredBlocksAcross = McusAcross * component.Horizontal;
            component.StoredBlocksDown = McusDown * component.Vertical;
        }
    }

    static int CeilingDivide(int a, int b) => (a + b - 1) / b;
}
