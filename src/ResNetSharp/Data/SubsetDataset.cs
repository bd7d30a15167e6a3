namespace ResNetSharp.Data;

/// <summary>Some pictures of another data set, in an order of its own.</summary>
sealed class SubsetDataset : DatasetView
{
    readonly int[] indices;

    public SubsetDataset(Dataset inner, int[] indices) : base(inner) => this.indices = indices;

    public override int Count => indices.Length;

    internal override bool IsBytes => Inner.IsBytes;

    internal override float White => Inner.White;

    public override int GetLabel(int index) => Inner.GetLabel(Map(index));

    public override string GetName(int index) => Inner.GetName(Map(index));

    public override void Read(int index, ref RandomSource random, Span<float> destination) =>
        Inner.Read(Map(index), ref random, destination);

    internal override void ReadBytes(int index, Span<byte> destination) => Inner.ReadBytes(Map(index), destination);

    internal override Dataset WithGeometry(PictureGeometry geometry) => new SubsetDataset(Inner.WithGeometry(geometry), indices);

    int Map(int index)
    {
        CheckIndex(index);
        return indices[index];
    }
}
