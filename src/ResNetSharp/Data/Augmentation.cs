namespace ResNetSharp.Data;

/// <summary>A random change of a picture that leaves its class as it is. One object serves all threads, so it must not change.</summary>
public abstract class Augmentation
{
    /// <summary>Writes a changed copy of a picture.</summary>
    /// <param name="source">The values of the picture: rows from the top, the channels of a pixel together.</param>
    /// <param name="destination">Takes as many values; not the same memory.</param>
    /// <param name="shape">(height, width, channels).</param>
    /// <param name="random">The only source of chance; equal streams must give equal pictures.</param>
    public abstract void Apply(ReadOnlySpan<float> source, Span<float> destination, Shape shape, ref RandomSource random);
}
