namespace ResNetSharp.Cpu;

/// <summary>Pixels of bfloat16 numbers in single precision.</summary>
/// <param name="channels">Channels of a pixel.</param>
/// <param name="rawPitch">Numbers from one pixel to the next before.</param>
internal sealed unsafe class WidenedBFloat16Pixels(int channels, long rawPitch) : PixelPreparation
{
    public override void Apply(void* images, long first, long count, float* to, long pitch) =>
        VectorCopy.Rows((ushort*)images + first * rawPitch, rawPitch, count, to, pitch, channels);
}
