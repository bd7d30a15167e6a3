using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>Rows that are normalized copies of the image's pixels, for kernels of one tap that move over it pixel by pixel.</summary>
internal sealed unsafe class NormalizedSource(TileGrid grid, ImageLayout layout, int channels, NormalizedRows<ushort> normalization)
    : TileSource(grid, layout, channels, sizeof(ushort), StepsOf(channels * sizeof(ushort)))
{
    public override (int Tap, int Channel) Number(int place) => (0, place);

    public override long RowBytes => (long)Steps * TileProductKernel.StepBytes;

    public override bool IsComputed => true;

    public override long BufferBytes(int images, int rows) => WholeTiles((long)images * rows * Grid.Columns) * RowBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override byte* Prepare(TilePart part, byte* source, int group, byte* buffer, out long pitch)
    {
        pitch = RowBytes;
        var first = ((long)part.FirstImage * Layout.Height + part.FirstRow) * Layout.Width;
        var count = (long)part.Images * part.Rows * Layout.Width;
        if (GroupBytes < pitch)
        {
            // What the last step reads beyond the channels meets weights of zero, and must be numbers.
            var end = buffer + pitch - TileProductKernel.StepBytes;
            for (var i = 0L; i < count; i++, end += pitch) Vector512<byte>.Zero.Store(end);
        }
        normalization.Apply((ushort*)source + first * Layout.PixelPitch, Layout.PixelPitch, (ushort*)buffer, Steps * TileProductKernel.StepBytes / sizeof(ushort), count);
        return buffer;
    }
}
