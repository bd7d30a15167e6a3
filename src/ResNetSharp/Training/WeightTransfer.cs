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
    /// <exception cref="InvalidDataException">
    /// The file is damaged. What was read before stays in the parameters; those that had no numbers yet and got none draw them when they are read.
    /// </exception>
    public static void Fill(IReadOnlyList<(Parameter Parameter, StoredTensor Stored)> pairs, Turn? turn = null)
    {
        var largest = turn is null ? 0 : (int)pairs.Where(IsTurned).Select(pair => pair.Stored.Count).DefaultIfEmpty().Max();
        var next = -1;
        var threads = new Task[Math.Min(pairs.Count, Math.Min(Processor.Threads, MostThreads))];
        for (var i = 1; i < threads.Length; i++) threads[i] = Task.Run(Work);
        if (threads.Length > 0) (threads[0] = new Task(Work)).RunSynchronously(TaskScheduler.Default);
        Task.WhenAll(threads).GetAwaiter().GetResult();

        void Work()
        {
            var buffer = GC.AllocateUninitializedArray<float>(largest);
            for (int i; (i = Interlocked.Increment(ref next)) < pairs.Count;)
                if (turn is not null && IsTurned(pairs[i])) FillTurned(pairs[i].Parameter, pairs[i].Stored, buffer, turn);
                else pairs[i].Parameter.Overwrite(pairs[i].Stored.ReadFloats);
        }
    }

    static bool IsTurned((Parameter Parameter, StoredTensor Stored) pair) => pair.Parameter.Shape.Rank > 1;

    static void FillTurned(Parameter parameter, StoredTensor stored, float[] buffer, Turn turn)
    {
        var count = (int)stored.Count;
        stored.ReadFloats(buffer.AsSpan(0, count));
        parameter.Overwrite(own => turn(buffer.AsSpan(0, count), parameter.Shape, own));
    }
}
