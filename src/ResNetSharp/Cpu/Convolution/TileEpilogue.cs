using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>What an engine does with a finished sum.</summary>
/// <param name="Bias">Adds a number for each channel.</param>
/// <param name="Residual">Adds other numbers of the same shape.</param>
/// <param name="Relu">Makes negative results zero.</param>
/// <param name="Accumulate">Adds to the destination and does nothing else.</param>
/// <param name="Moments">Adds up the results; see <see cref="ResultMoments"/>.</param>
internal readonly record struct TileEpilogue(bool Bias = false, bool Residual = false, bool Relu = false, bool Accumulate = false, bool Moments = false)
{
    /// <summary>
    /// Results from so many bytes on are gone from a shared cache of 32 MB when the next layer reads them, for layers read about as much as they
    /// write: there they need not go, nor their places come from memory first.
    /// </summary>
    const long ManyBytes = 20 << 20;

    /// <summary>Whether results are written past the caches; see <see cref="Streaming"/>.</summary>
    public bool Streams { get; init; }

    /// <summary>The same, written past the caches where there are many results, and whole cache lines of them.</summary>
    /// <param name="destination">Where they go.</param>
    /// <param name="residual">What is added; results that replace it are in the caches already.</param>
    /// <param name="batch">Images.</param>
    /// <param name="layout">How they lie.</param>
    public unsafe TileEpilogue Streaming<TNumber>(TNumber* destination, TNumber* residual, int batch, ImageLayout layout) where TNumber : unmanaged =>
        this with
        {
            Streams = !Accumulate && destination != residual && (nint)destination % NativeBuffer.Alignment == 0
                && layout.PixelPitch * sizeof(TNumber) % NativeBuffer.Alignment == 0 && batch * layout.ImagePitch * sizeof(TNumber) >= ManyBytes,
        };

    /// <summary>Finishes the sums of neighbouring channels, and writes them.</summary>
    /// <param name="pointers">Where everything is; images consist of <typeparamref name="TNumber"/>.</param>
    /// <param name="offset">The place of the first result.</param>
    /// <param name="channel">Its channel.</param>
    /// <param name="value">The sums.</param>
    /// <returns>The results, before they are rounded.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe T Finish<T, TNumber>(in ConvolutionPointers pointers, long offset, int channel, T value)
        where T : unmanaged, IRegister<T> where TNumber : unmanaged
    {
        var to = (TNumber*)pointers.Destination + offset;
        if (Bias) value += T.Load(pointers.Bias + channel);
        if (Residual) value += T.Load((TNumber*)pointers.Residual + offset);
        if (Accumulate) value += T.Load(to);
        if (Relu) value = T.Relu(value);
        if (Streams && typeof(TNumber) == typeof(float)) value.StoreStreaming((float*)to);
        else value.Store(to);
        return value;
    }

    /// <summary>The same for a single channel.</summary>
    public unsafe float Finish<TNumber>(in ConvolutionPointers pointers, long offset, int channel, float value) where TNumber : unmanaged
    {
        var to = (TNumber*)pointers.Destination + offset;
        if (Bias) value += pointers.Bias[channel];
        if (Residual) value += Lanes.Number(((TNumber*)pointers.Residual)[offset]);
        if (Accumulate) value += Lanes.Number(*to);
        if (Relu && value < 0) value = 0;
        *to = Lanes.Element<TNumber>(value);
        return value;
    }
}
