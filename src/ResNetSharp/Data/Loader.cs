namespace ResNetSharp.Data;

/// <summary>
/// Reads a data set batch by batch, ahead of the reader, on background threads. The order and the content of the batches follow from the
/// seed and the epoch alone, whatever the number of threads, so that a training can be taken up again at any batch.
/// </summary>
public sealed class Loader : IDisposable
{
    readonly Dataset data;
    readonly ulong seed;
    readonly bool shuffle;
    readonly int[] order;
    readonly BatchQueue queue;

    /// <summary>Prepares the reading; threads start with the first epoch.</summary>
    /// <param name="data">What to read.</param>
    /// <param name="batchSize">Pictures in a batch.</param>
    /// <param name="shuffle">Whether each epoch has a random order of its own.</param>
    /// <param name="seed">Where order and augmentations come from.</param>
    /// <param name="workers">
    /// Background threads; by default one for every two processors. With 0 the reader's thread does all the work. Whenever a batch is
    /// late, the reader's thread helps.
    /// </param>
    /// <param name="prefetch">How many batches are made ready beside the one in use.</param>
    /// <param name="dropLast">Whether a last batch with fewer pictures is left out.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or no batch would be left.</exception>
    public Loader(Dataset data, int batchSize, bool shuffle, ulong seed = 0, int? workers = null, int prefetch = 2, bool dropLast = false)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(prefetch, 1);
        if (workers is { } given) ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(workers));
        if (data.Count == 0) throw new ArgumentException("the data set is empty", nameof(data));
        if (dropLast && data.Count < batchSize)
            throw new ArgumentException($"{data.Count} pictures make no whole batch of {batchSize}", nameof(batchSize));
        // A batch larger than the data set would only waste memory.
        batchSize = Math.Min(batchSize, data.Count);
        if (batchSize * data.ElementShape.Size > Array.MaxLength)
            throw new ArgumentException(
                $"a batch of {batchSize} pictures of shape {data.ElementShape} is too large; choose a smaller batch", nameof(batchSize));
        this.data = data;
        this.seed = seed;
        this.shuffle = shuffle;
        BatchSize = batchSize;
        BatchCount = dropLast ? data.Count / batchSize : (data.Count + batchSize - 1) / batchSize;
        order = new int[data.Count];
        queue = new BatchQueue(data, batchSize, seed, workers ?? Math.Clamp(Environment.ProcessorCount / 2, 1, 16), prefetch);
    }

    /// <summary>Pictures in a batch; the last one of an epoch may have fewer.</summary>
    public int BatchSize { get; }

    /// <summary>Batches in an epoch.</summary>
    public int BatchCount { get; }

    /// <summary>Reads the data set once. One epoch at a time.</summary>
    /// <param name="epoch">Which epoch, from 0: the order and the augmentations of each are different.</param>
    /// <param name="firstBatch">The batch to begin with, to take up an epoch that was left.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The batches; each is valid until the next one is asked for.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative, or there is no such batch.</exception>
    /// <exception cref="InvalidDataException">A picture cannot be read; thrown when its batch is asked for.</exception>
    /// <exception cref="InvalidOperationException">An earlier epoch is still being read.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public IEnumerable<Batch> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBatch, BatchCount);
        return Read(epoch, firstBatch, cancellationToken);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => queue.Dispose();

    IEnumerable<Batch> Read(int epoch, int firstBatch, CancellationToken cancellationToken)
    {
        queue.Reserve();
        try
        {
            Arrange(epoch);
            using var registration = cancellationToken.Register(queue.Wake);
            queue.Start(order, epoch, firstBatch, BatchCount);
            for (var batch = firstBatch; batch < BatchCount; batch++) yield return queue.Take(batch, cancellationToken);
        }
        finally
        {
            queue.Stop();
        }
    }

    void Arrange(int epoch)
    {
        for (var i = 0; i < order.Length; i++) order[i] = i;
        // Pictures draw from the streams of (epoch, index); the order has one of its own.
        if (shuffle) RandomSource.For(seed, ~(ulong)epoch).Shuffle<int>(order);
    }
}
