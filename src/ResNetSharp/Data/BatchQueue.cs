using System.Runtime.ExceptionServices;

namespace ResNetSharp.Data;

/// <summary>
/// A ring of batches that threads fill in order while the reader uses the oldest. Work is handed out as runs of pictures, always from the
/// earliest batch that has any left, so that the batch the reader waits for is done first.
/// </summary>
sealed class BatchQueue : IDisposable
{
    /// <summary>About how many values a thread takes on at once: enough to make the lock cheap, few enough to share a batch.</summary>
    const int ValuesPerRun = 1 << 16;

    readonly object gate = new();
    readonly Dataset data;
    readonly ulong seed;
    readonly int batchSize;
    readonly int picturesPerRun;
    readonly Slot[] slots;
    readonly Thread[] threads;

    // All below is guarded by the gate, but a slot's pictures are written outside of it.
    int[] order = [];
    int epoch;
    int oldest;
    int next;
    int nextPicture;
    int end;
    int atWork;
    bool reserved;
    bool running;
    bool disposed;

    public BatchQueue(Dataset data, int batchSize, ulong seed, int workers, int prefetch)
    {
        this.data = data;
        this.batchSize = batchSize;
        this.seed = seed;
        picturesPerRun = Math.Clamp(ValuesPerRun / data.ElementSize, 1, batchSize);
        slots = [.. Enumerable.Range(0, prefetch + 1).Select(_ => new Slot(new Batch(batchSize, data.ElementShape)))];
        threads = [.. Enumerable.Range(1, workers).Select(i => new Thread(Work) { IsBackground = true, Name = $"ResNetSharp loader {i}" })];
    }

    /// <summary>Claims the queue for one epoch.</summary>
    public void Reserve()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(Loader));
            if (reserved) throw new InvalidOperationException("an epoch of this loader is still being read; finish it, or use a second loader");
            reserved = true;
            foreach (var thread in threads)
                if (thread.ThreadState.HasFlag(ThreadState.Unstarted)) thread.Start();
        }
    }

    /// <summary>Lets the threads begin.</summary>
    public void Start(int[] order, int epoch, int first, int end)
    {
        lock (gate)
        {
            this.order = order;
            this.epoch = epoch;
            this.end = end;
            oldest = next = first;
            nextPicture = 0;
            running = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Gives all earlier batches back and returns this one when it is ready.</summary>
    public Batch Take(int batch, CancellationToken cancellationToken)
    {
        var slot = slots[batch % slots.Length];
        while (true)
        {
            Run run;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(disposed, typeof(Loader));
                cancellationToken.ThrowIfCancellationRequested();
                if (oldest != batch)
                {
                    oldest = batch;
                    Monitor.PulseAll(gate);
                }
                if (next > batch && slot.Missing == 0) break;
                if (next != batch)
                {
                    Monitor.Wait(gate);
                    continue;
                }
                run = Claim();
            }
            Fill(run);
        }
        slot.Failure?.Throw();
        return slot.Batch;
    }

    /// <summary>Makes whoever waits look again.</summary>
    public void Wake()
    {
        lock (gate) Monitor.PulseAll(gate);
    }

    /// <summary>Ends the epoch and waits until no thread writes to a batch any more.</summary>
    public void Stop()
    {
        lock (gate)
        {
            running = false;
            while (atWork > 0) Monitor.Wait(gate);
            reserved = false;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            running = false;
            Monitor.PulseAll(gate);
        }
        foreach (var thread in threads)
            if (!thread.ThreadState.HasFlag(ThreadState.Unstarted)) thread.Join();
    }

    void Work()
    {
        while (true)
        {
            Run run;
            lock (gate)
            {
                while (!disposed && !(running && next < end && next < oldest + slots.Length)) Monitor.Wait(gate);
                if (disposed) return;
                run = Claim();
            }
            Fill(run);
        }
    }

    // Inside the gate, when there is work.
    Run Claim()
    {
        var slot = slots[next % slots.Length];
        if (nextPicture == 0)
        {
            var first = next * batchSize;
            slot.Batch.Begin(order.AsSpan(first, Math.Min(batchSize, order.Length - first)));
            slot.Missing = slot.Batch.Count;
            slot.Failure = null;
            slot.FailedPlace = int.MaxValue;
        }
        var run = new Run(slot, nextPicture, Math.Min(nextPicture + picturesPerRun, slot.Batch.Count), epoch);
        nextPicture = run.End;
        if (nextPicture == slot.Batch.Count)
        {
            next++;
            nextPicture = 0;
        }
        atWork++;
        return run;
    }

    void Fill(Run run)
    {
        var (slot, place, end, epoch) = run;
        ExceptionDispatchInfo? failure = null;
        try
        {
            for (; place < end; place++) slot.Batch.Fill(data, place, seed, epoch);
        }
#pragma warning disable CA1031 // whatever a data set throws is handed to the reader of the batch
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = Describe(e, data.GetName(slot.Batch.Indices[place]));
        }
        lock (gate)
        {
            // The first bad picture of a batch is the one to report, whichever thread met it first.
            if (failure is not null && place < slot.FailedPlace) (slot.Failure, slot.FailedPlace) = (failure, place);
            slot.Missing -= run.End - run.Start;
            atWork--;
            if (slot.Missing == 0 || !running) Monitor.PulseAll(gate);
        }
    }

    static ExceptionDispatchInfo Describe(Exception e, string name) => ExceptionDispatchInfo.Capture(
        e.Message.Contains(name, StringComparison.Ordinal) ? e : new InvalidDataException($"cannot read {name}: {e.Message}", e));

    /// <summary>A batch in the making.</summary>
    sealed class Slot(Batch batch)
    {
        public Batch Batch => batch;

        public int Missing { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }

        public int FailedPlace { get; set; }
    }

    /// <summary>Pictures of one batch for one thread to read.</summary>
    readonly record struct Run(Slot Slot, int Start, int End, int Epoch);
}
