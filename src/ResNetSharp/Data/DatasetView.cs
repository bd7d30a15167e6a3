namespace ResNetSharp.Data;

/// <summary>A data set that shows another one in a different way; the pictures, labels and names are the other's.</summary>
abstract class DatasetView(Dataset inner) : Dataset
{
    protected Dataset Inner => inner;

    public override int Count => inner.Count;

    public override Shape ElementShape => inner.ElementShape;

    public override IReadOnlyList<string> ClassNames => inner.ClassNames;

    public override int GetLabel(int index) => inner.GetLabel(index);

    public override string GetName(int index) => inner.GetName(index);
}
