namespace ResNetSharp.Data;

/// <summary>A data set whose classes have other numbers.</summary>
sealed class RelabelledDataset : DatasetView
{
    readonly int[] labels;

    public RelabelledDataset(Dataset inner, IReadOnlyList<string> classNames) : base(inner)
    {
        ClassNames = classNames;
        var numbers = classNames.Select((name, number) => (name, number)).ToDictionary(StringComparer.Ordinal);
        labels =
        [
            .. inner.ClassNames.Select(name => numbers.TryGetValue(name, out var number)
                ? number
                : throw new ArgumentException($"the class '{name}' is not among {string.Join(", ", classNames)}", nameof(classNames))),
        ];
    }

    public override IReadOnlyList<string> ClassNames { get; }

    internal override bool IsBytes => Inner.IsBytes;

    internal override float White => Inner.White;

    internal override Dataset WithGeometry(PictureGeometry geometry) => new RelabelledDataset(Inner.WithGeometry(geometry), ClassNames);

    public override int GetLabel(int index) => labels[Inner.GetLabel(index)];

    public override void Read(int index, ref RandomSource random, Span<float> destination) => Inner.Read(index, ref random, destination);

    internal override void ReadBytes(int index, Span<byte> destination) => Inner.ReadBytes(index, destination);
}
