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

    /// <summary>Changes numbers in this library's order.</summary>
    public delegate void Finish(Parameter parameter, Span<float> numbers);

    /// <summary>Fills parameters from tensors with as many numbers.</summary>
    /// <param name="pairs">What is filled from what.</param>
    /// <param name="turn">How the order of the numbers differs in parameters with more than one axis; null where it does not.</param>
    /// <param name="finish">What is done to the numbers of a parameter last, before anybody can see them; null for nothing.</param>
    /// <exception cref="InvalidDataException">
    /// The file is damaged. What was read before stays in the parameters; those that had no numbers yet and got none draw them when they are read.
    /// </exception>
    public static void Fill(IReadOnlyList<(Parameter Parameter, StoredTensor Stored)> pairs, Turn? turn = null, Finish? finish = null)
    {
        var largest = turn is null ? 0 : (int)pairs.Where(IsTurned).Select(pair => pair.Stored.Count).DefaultIfEmpty().Max();
        var (block, places) = Reserve(pairs);
        var next = -1;
        var threads = new Task[Math.Min(pairs.Count, Math.Min(Processor.Threads, MostThreads))];
        for (var i = 1; i < threads.Length; i++) threads[i] = Task.Run(Work);
        if (threads.Length > 0) (threads[0] = new Task(Work)).RunSynchronously(TaskScheduler.Default);
        Task.WhenAll(threads).GetAwaiter().GetResult();

        void Work()
        {
            var buffer = new NumberBlock(largest);
            for (int i; (i = Interlocked.Increment(ref next)) < pairs.Count;)
            {
                var (parameter, stored) = pairs[i];
                Parameter.Writer write = stored.ReadFloats;
                if (turn is not null && IsTurned(pairs[i]))
                {
                    var count = (int)stored.Count;
                    stored.ReadFloats(buffer.Numbers(0, count));
                    write = own => turn(buffer.Numbers(0, count), parameter.Shape, own);
                }
                parameter.Overwrite(finish is null ? write : own => Both(write, finish, parameter, own), block, places[i]);
            }
        }

        static void Both(Parameter.Writer write, Finish finish, Parameter parameter, Span<float> own)
        {
            write(own);
            finish(parameter, own);
        }
    }

    /// <summary>One block for all parameters that have no numbers yet, and the place of each; no block where they are more than fit into one.</summary>
    static (NumberBlock? Block, int[] Places) Reserve(IReadOnlyList<(Parameter Parameter, StoredTensor Stored)> pairs)
    {
        var places = new int[pairs.Count];
        var used = 0L;
        for (var i = 0; i < places.Length; i++)
        {
            if (pairs[i].Parameter.IsDrawn) continue;
            places[i] = (int)used;
            used += NumberBlock.Room(pairs[i].Parameter.Shape.Size);
            if (used > int.MaxValue / 2) return (null, new int[places.Length]);
        }
        return (used == 0 ? null : new NumberBlock((int)used), places);
    }

    static bool IsTurned((Parameter Parameter, StoredTensor Stored) pair) => pair.Parameter.Shape.Rank > 1;
}
