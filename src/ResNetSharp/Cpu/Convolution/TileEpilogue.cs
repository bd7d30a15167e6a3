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
        value.Store(to);
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
