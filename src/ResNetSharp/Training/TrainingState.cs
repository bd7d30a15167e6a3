namespace ResNetSharp.Training;

/// <summary>Where a training stands: all that is needed, beside parameters and the optimizer's memory, to take it up again bit for bit.</summary>
internal sealed class TrainingState(ulong seed, int metrics)
{
    /// <summary>Where the order of pictures, augmentation and dropout come from.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>Epochs that are complete.</summary>
    public int Epoch { get; set; }

    /// <summary>Batches done in the epoch after those.</summary>
    public int Batch { get; set; }

    /// <summary>Loss and metrics of the epoch that is not complete, as sums; and how many pictures they are of.</summary>
    public double[] Sums { get; set; } = new double[metrics + 1];

    public long Images { get; set; }

    public History History { get; } = new();
}
