using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// A team of threads for short parallel loops. Each worker has a range of parts of its own, the same share of every loop, so that it often
/// finds in its cache what it wrote in the loop before. Parts are claimed one at a time, and who has no more takes those of others, so a slow
/// or interrupted thread does not hold the others back. Between loops a worker spins briefly, then sleeps, so an idle process uses no
/// processor time.
/// </summary>
internal sealed class Workers : IDisposable
{
    /// <summary>How long a worker looks for the next loop before it sleeps; a training step has thousands of loops close together.</summary>
    const int SpinsBeforeSleep = 2000;

    /// <summary>How often a worker that looks for a loop lets other threads have its processor, where more want to run than there are.</summary>
    const int SpinsBeforeYield = 16;

    /// <summary>Sleepers that one thread wakes up, each of which wakes as many: a wake-up is a call of the system, and a big team has many.</summary>
    const int WokenByOne = 4;

    readonly SemaphoreSlim[] wake;
    readonly int[] asleep;
    readonly Thread[] threads;
    readonly Range[] ranges;
    Counters shared;
    IParallelBody? body;
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
        ranges = new Range[count];
        threads = new Thread[count - 1];
        for (var i = 1; i < count; i++)
        {
            var index = i;
            wake[i] = new SemaphoreSlim(0);
            threads[i - 1] = new Thread(() => Work(index)) { IsBackground = true, Name = $"ResNetSharp worker {i}" };
        }
        // Workers wake each other up, so all exist before the first begins.
        foreach (var thread in threads) thread.Start();
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
        shared.Parts = parts;
        // The loop before is closed and nobody is inside, so nobody claims.
        var team = Math.Min(parts, Count);
        for (var i = 0; i < Count; i++)
            (ranges[i].Next, ranges[i].End) = ((int)((long)parts * Math.Min(i, team) / team), (int)((long)parts * Math.Min(i + 1, team) / team));
        Interlocked.Exchange(ref shared.Open, 1);
        Interlocked.Increment(ref shared.Generation);
        WakeNext(0);
        Claim(0);
        // Nobody can find a part any more. A worker that has not come yet is not waited for: it finds the loop closed.
        Interlocked.Exchange(ref shared.Open, 0);
        var spinner = new SpinWait();
        while (Volatile.Read(ref shared.Inside) > 0) spinner.SpinOnce(sleep1Threshold: -1);
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
            for (var spins = 1; Volatile.Read(ref shared.Generation) == seen; spins++)
            {
                if (isDisposed) return;
                if (spins > SpinsBeforeSleep) Sleep(index, seen);
                else if (spins % SpinsBeforeYield == 0) Thread.Yield();
                else Thread.SpinWait(20);
            }
            seen = Volatile.Read(ref shared.Generation);
            // Who is not needed, or comes too late, does not disturb the others. The loop may be the next one already; then it is joined.
            if (index >= Volatile.Read(ref shared.Parts) || Volatile.Read(ref shared.Open) == 0) continue;
            WakeNext(index);
            Interlocked.Increment(ref shared.Inside);
            if (Volatile.Read(ref shared.Open) == 1) Claim(index);
            Interlocked.Decrement(ref shared.Inside);
        }
    }

    void Sleep(int index, int seen)
    {
        Volatile.Write(ref asleep[index], 1);
        Interlocked.MemoryBarrier();
        // The loop may have started between the last look and the flag: then whoever clears the flag first decides.
        if (Volatile.Read(ref shared.Generation) != seen && Interlocked.Exchange(ref asleep[index], 0) == 1) return;
        wake[index].Wait();
    }

    /// <summary>Wakes the sleepers that are a worker's to wake, as far as there is work for them.</summary>
    void WakeNext(int index)
    {
        var first = WokenByOne * index + 1;
        var last = Math.Min(first + WokenByOne, Math.Min(Count, Volatile.Read(ref shared.Parts)));
        for (var i = first; i < last; i++) Wake(i);
    }

    void Wake(int index)
    {
        if (Volatile.Read(ref asleep[index]) == 1 && Interlocked.Exchange(ref asleep[index], 0) == 1) wake[index].Release();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Claim(int worker)
    {
        try
        {
            for (var i = 0; i < Count; i++)
            {
                ref var range = ref ranges[(worker + i) % Count];
                while (Volatile.Read(ref range.Next) < range.End)
                {
                    var part = Interlocked.Increment(ref range.Next) - 1;
                    if (part < range.End) body!.Execute(part, worker);
                }
            }
        }
#pragma warning disable CA1031 // whatever a part throws is handed to the caller of Run
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref failure, e, null);
            foreach (ref var range in ranges.AsSpan()) Volatile.Write(ref range.Next, range.End);
        }
    }

    /// <summary>Two cache lines, which processors fetch together.</summary>
    const int Line = 128;

    /// <summary>A worker's parts that nobody has claimed.</summary>
    [StructLayout(LayoutKind.Explicit, Size = Line)]
    struct Range
    {
        /// <summary>The next to be claimed.</summary>
        [FieldOffset(0)] public int Next;

        /// <summary>The first that is not in the range.</summary>
        [FieldOffset(4)] public int End;
    }

    /// <summary>What the threads share. What is written for each loop's end lies apart from what those without work look at all the time.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 3 * Line)]
    struct Counters
    {
        /// <summary>Workers that may be claiming parts.</summary>
        [FieldOffset(Line)] public int Inside;

        /// <summary>Changes with every loop.</summary>
        [FieldOffset(2 * Line)] public int Generation;

        /// <summary>Whether workers may come in.</summary>
        [FieldOffset(2 * Line + 4)] public int Open;

        /// <summary>Parts of the loop.</summary>
        [FieldOffset(2 * Line + 8)] public int Parts;
    }
}
