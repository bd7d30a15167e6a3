using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// A team of threads for short parallel loops. Parts are claimed one at a time by an atomic counter, so a slow or interrupted thread
/// does not hold the others back. Between loops a worker spins briefly, then sleeps, so an idle process uses no processor time.
/// </summary>
internal sealed class Workers : IDisposable
{
    /// <summary>How long a worker looks for the next loop before it sleeps; a training step has thousands of loops close together.</summary>
    const int SpinsBeforeSleep = 2000;

    readonly SemaphoreSlim[] wake;
    readonly int[] asleep;
    readonly Thread[] threads;
    IParallelBody? body;
    int parts;
    int next;
    int open;
    int inside;
    volatile int generation;
    volatile bool isDisposed;
    Exception? failure;

    /// <summary>Makes a team.</summary>
    /// <param name="count">Threads, the calling one included.</param>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        wake = new SemaphoreSlim[count];
        asleep = new int[count];
        threads = new Thread[count - 1];
        for (var i = 1; i < count; i++)
        {
            var index = i;
            wake[i] = new SemaphoreSlim(0);
            threads[i - 1] = new Thread(() => Work(index)) { IsBackground = true, Name = $"ResNetSharp worker {i}" };
            threads[i - 1].Start();
        }
    }

    /// <summary>The number of threads, the calling one included.</summary>
    public int Count { get; }

    /// <summary>Whether one of the threads, the calling one aside, has not ended.</summary>
    public bool IsAlive => Array.Exists(threads, thread => thread.IsAlive);

    /// <summary>Runs all parts of a loop and returns when the last is done. Not reentrant: one loop at a time, so whoever shares the team locks it.</summary>
    /// <exception cref="AggregateException">A part failed; the first failure is inside.</exception>
    public void Run(IParallelBody body, int parts)
    {
        if (Count == 1 || parts <= 1)
        {
            for (var part = 0; part < parts; part++) body.Execute(part, 0);
            return;
        }
        this.body = body;
        this.parts = parts;
        next = 0;
        Interlocked.Exchange(ref open, 1);
        Interlocked.Increment(ref generation);
        for (var i = 1; i < Math.Min(Count, parts); i++)
            if (Interlocked.Exchange(ref asleep[i], 0) == 1) wake[i].Release();
        Claim(0);
        // Nobody can find a part any more. A worker that has not come yet is not waited for: it finds the loop closed.
        Interlocked.Exchange(ref open, 0);
        var spinner = new SpinWait();
        while (Volatile.Read(ref inside) > 0) spinner.SpinOnce(sleep1Threshold: -1);
        this.body = null;
        if (failure is not null)
        {
            var first = failure;
            failure = null;
            throw new AggregateException(first);
        }
    }

    /// <summary>
    /// Ends the threads, after the loop that they are in. A loop that is begun afterwards is run by the calling thread alone, so that a
    /// computation that still holds this team finishes.
    /// </summary>
    public void Dispose()
    {
        isDisposed = true;
        for (var i = 1; i < Count; i++) wake[i].Release();
    }

    void Work(int index)
    {
        var seen = 0;
        while (true)
        {
            for (var spins = 0; generation == seen; spins++)
            {
                if (isDisposed) return;
                if (spins < SpinsBeforeSleep) Thread.SpinWait(20);
                else Sleep(index, seen);
            }
            seen = generation;
            Interlocked.Increment(ref inside);
            if (Volatile.Read(ref open) == 1) Claim(index);
            Interlocked.Decrement(ref inside);
        }
    }

    void Sleep(int index, int seen)
    {
        Volatile.Write(ref asleep[index], 1);
        Interlocked.MemoryBarrier();
        // The loop may have started between the last look and the flag: then whoever clears the flag first decides.
        if (generation != seen && Interlocked.Exchange(ref asleep[index], 0) == 1) return;
        wake[index].Wait();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Claim(int worker)
    {
        try
        {
            for (int part; (part = Interlocked.Increment(ref next) - 1) < parts;) body!.Execute(part, worker);
        }
#pragma warning disable CA1031 // whatever a part throws is handed to the caller of Run
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref failure, e, null);
            Volatile.Write(ref next, parts);
        }
    }
}
