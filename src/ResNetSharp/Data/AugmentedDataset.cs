using System.Buffers;

namespace ResNetSharp.Data;

/// <summary>Pictures altered at random whenever they are read.</summary>
sealed class AugmentedDataset : DatasetView
{
    readonly Augmentation[] augmentations;

    public AugmentedDataset(Dataset inner, Augmentation[] augmentations) : base(inner)
    {
        ArgumentNullException.ThrowIfNull(augmentations);
        foreach (var augmentation in augmentations) ArgumentNullException.ThrowIfNull(augmentation, nameof(augmentations));
        this.augmentations = [.. augmentations];
    }

    internal override float White => Inner.White;

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        CheckRead(index, destination.Length);
        var rented = ArrayPool<float>.Shared.Rent(destination.Length);
        var spare = rented.AsSpan(0, destination.Length);
        // The two blocks take turns; start so that the last change ends in the destination.
        var inDestination = augmentations.Length % 2 == 0;
        Inner.Read(index, ref random, inDestination ? destination : spare);
        foreach (var augmentation in augmentations)
        {
            if (inDestination) augmentation.Apply(destination, spare, ElementShape, ref random);
            else augmentation.Apply(spare, destination, ElementShape, ref random);
            inDestination = !inDestination;
        }
        ArrayPool<float>.Shared.Return(rented);
    }
}
