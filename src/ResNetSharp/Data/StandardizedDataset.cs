namespace ResNetSharp.Data;

/// <summary>Every value less its own mean, divided by its own deviation.</summary>
sealed class StandardizedDataset : DatasetView
{
    readonly StandardScaler scaler;

    public StandardizedDataset(Dataset inner, StandardScaler scaler) : base(inner)
    {
        ArgumentNullException.ThrowIfNull(scaler);
        if (scaler.ElementShape != inner.ElementShape)
            throw new ArgumentException(
                $"the scaler was fitted on pictures of shape {scaler.ElementShape}, these have {inner.ElementShape}", nameof(scaler));
        this.scaler = scaler;
    }

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        Inner.Read(index, ref random, destination);
        scaler.Transform(destination);
    }
}
