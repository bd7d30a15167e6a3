namespace ResNetSharp.Cpu;

/// <summary>The processor as a device: how many threads compute.</summary>
public static class Processor
{
    static readonly Lock change = new();
    static Workers? workers;

    /// <summary>
    /// Threads that compute, the calling one included; one for each processor unless set. Results do not depend on it, not even in the
    /// last bit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public static int Threads
    {
        get => Workers.Count;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            lock (change)
            {
                if (workers?.Count == value) return;
                var former = workers;
                workers = new Workers(value);
                former?.Dispose();
            }
        }
    }

    /// <summary>The team of threads.</summary>
    internal static Workers Workers
    {
        get
        {
            lock (change) return workers ??= new Workers(Environment.ProcessorCount);
        }
    }
}
