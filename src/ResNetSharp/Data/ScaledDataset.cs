using System.Numerics.Tensors;

namespace ResNetSharp.Data;

/// <summary>Pixels multiplied by a factor.</summary>
sealed class ScaledDataset : DatasetView
{
    readonly float factor;
    readonly float divisor;

    public ScaledDataset(Dataset inner, float factor) : base(inner)
    {
        if (!float.IsFinite(factor)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "a factor is a finite number");
        this.factor = factor;
        // x * (1 / 255f) and x / 255f differ in the last bit for some x, and other frameworks divide.
        var reciprocal = Math.Round(1.0 / factor);
        divisor = factor != 0 && Math.Abs(reciprocal) < 1 << 24 && (float)(1 / reciprocal) == factor ? (float)reciprocal : 0;
    }

    internal override float White => divisor != 0 ? Inner.White / divisor : Inner.White * factor;

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        Inner.Read(index, ref random, destination);
        if (divisor != 0) TensorPrimitives.Divide(destination, divisor, destination);
        else TensorPrimitives.Multiply(destination, factor, destination);
    }
}
