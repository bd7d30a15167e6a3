namespace ResNetSharp.Cpu;

/// <summary>What the pixels of an image become before a <see cref="TileEngine"/> reads them, where that is computed in between.</summary>
internal abstract unsafe class PixelPreparation
{
    /// <summary>Prepares pixels.</summary>
    /// <param name="images">The first of all pixels.</param>
    /// <param name="first">The number of the first to prepare.</param>
    /// <param name="count">How many.</param>
    /// <param name="to">Where they go.</param>
    /// <param name="pitch">Words from one prepared pixel to the next.</param>
    public abstract void Apply(void* images, long first, long count, float* to, long pitch);

    /// <summary>
    /// How prepared images lie: whole cache lines and one more from pixel to pixel, so that those of a tile fall into different sets of the
    /// first-level cache.
    /// </summary>
    public static ImageLayout Layout(ImageLayout images, int words) =>
        ImageLayout.Dense(images.Height, images.Width, (int)(NativeBuffer.Lines(words * sizeof(float)) + NativeBuffer.Alignment) / sizeof(float));
}

/// <summary>Normalizes pixels.</summary>
/// <param name="norm">How.</param>
/// <param name="rawPitch">Numbers from one pixel to the next before.</param>
/// <typeparam name="T">What is read.</typeparam>
/// <typeparam name="TResult">What is written: the same, or float.</typeparam>
internal sealed unsafe class NormalizedPixels<T, TResult>(NormalizedRows<T> norm, long rawPitch) : PixelPreparation where T : unmanaged where TResult : unmanaged
{
    public override void Apply(void* images, long first, long count, float* to, long pitch) =>
        norm.Apply((T*)images + first * rawPitch, rawPitch, (TResult*)to, pitch * sizeof(float) / sizeof(TResult), count);
}
