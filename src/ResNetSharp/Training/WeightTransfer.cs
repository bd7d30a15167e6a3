using ResNetSharp.Cpu;
using ResNetSharp.Formats;

namespace ResNetSharp.Training;

/// <summary>Copies numbers of files into parameters, a few tensors at a time: reading, turning and taking memory from the system all wait for memory.</summary>
internal static class WeightTransfer
{
    /// <summary>Beyond a few, threads wait for memory; and each has a buffer as large as the largest tensor.</summary>
    const int MostThreads = 4;

    /// <summary>Turns the numbers of a file into this library's order.</summary>
    /// <param name="stored">In the file's order.</param>
    /// <param name="shape">The shape in this library's order.</param>
    /// <param name="own">Where this library's order goes.</param>
    public delegate void Turn(ReadOnlySpan<float> stored, Shape shape, Span<float> own);

    /// <summary>Fills parameters from tensors with as many numbers.</summary>
    /// <param name="pairs">What is filled from what.</param>
    /// <param name="turn">How the order of the numbers differs in parameters with more than one axis; null where it does not.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void Fill(IReadOnlyList<(Parameter Parameter, StoredTensor Stored)> pairs, Turn? turn = null)
    {
        var largest = turn is null ? 0 : (int)pairs.Where(IsTurned).Select(pair => pair.Stored.Count).DefaultIfEmpty().Max();
        var next = -1;
        var threads = new Task[Math.Min(pairs.Count, Math.Min(Processor.Threads, MostThreads))];
        for (var i = 1; i < threads.Length; i++) threads[i] = Task.Run(Work);
        if (threads.Length > 0) (threads[0] = new Task(Work)).RunSynchronously(TaskScheduler.Default);
        Task.WhenAll(threads).GetAwaiter().GetResult();
        foreach (var (parameter, _) in pairs) parameter.MarkChanged();

        void Work()
        {
            var buffer = GC.AllocateUninitializedArray<float>(largest);
            for (int i; (i = Interlocked.Increment(ref next)) < pairs.Count;)
            {
                var (parameter, stored) = pairs[i];
                Fill(parameter, stored, turn is not null && IsTurned(pairs[i]) ? buffer.AsSpan(0, (int)stored.Count) : default, turn);
            }
        }
    }

    static bool IsTurned((Parameter Parameter, StoredTensor Stored) pair) => pair.Parameter.Shape.Rank > 1;

    static void Fill(Parameter parameter, StoredTensor stored, Span<float> buffer, Turn? turn)
    {
        if (buffer.IsEmpty)
        {
            stored.ReadFloats(parameter.Overwritten);
            return;
        }
        stored.ReadFloats(buffer);
        turn!(buffer, parameter.Shape, parameter.Overwritten);
    }
}
