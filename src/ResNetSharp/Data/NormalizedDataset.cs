using System.Numerics.Tensors;

namespace ResNetSharp.Data;

/// <summary>Each channel less its mean, divided by its deviation; two roundings, as in torchvision.</summary>
sealed class NormalizedDataset : DatasetView
{
    /// <summary>The constants of a channel are repeated for this many pixels, so that whole vectors can be subtracted and divided.</summary>
    const int PixelsPerTile = 256;

    readonly float[] mean;
    readonly float[] std;

    public NormalizedDataset(Dataset inner, ReadOnlySpan<float> mean, ReadOnlySpan<float> std) : base(inner)
    {
        var channels = inner.ElementShape[-1];
        if (mean.Length != channels || std.Length != channels)
            throw new ArgumentException(
                $"pictures of shape {inner.ElementShape} need {channels} means and deviations, not {mean.Length} and {std.Length}");
        foreach (var deviation in std)
            if (!(deviation > 0)) throw new ArgumentException($"a standard deviation must be positive, not {deviation}", nameof(std));
        this.mean = Tile(mean);
        this.std = Tile(std);
    }

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        Inner.Read(index, ref random, destination);
        for (var start = 0; start < destination.Length; start += mean.Length)
        {
            var part = destination[start..Math.Min(start + mean.Length, destination.Length)];
            TensorPrimitives.Subtract(part, mean.AsSpan(0, part.Length), part);
            TensorPrimitives.Divide(part, std.AsSpan(0, part.Length), part);
        }
    }

    static float[] Tile(ReadOnlySpan<float> values)
    {
        var tile = new float[values.Length * PixelsPerTile];
        for (var i = 0; i < tile.Length; i += values.Length) values.CopyTo(tile.AsSpan(i));
        return tile;
    }
}
