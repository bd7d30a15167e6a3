using ResNetSharp.Benchmarks;

namespace ResNetSharp.Fuzz;

/// <summary>One damaged file, which target and number alone decide.</summary>
static class FuzzCase
{
    /// <summary>Processor time that reading one file may take, in seconds; sound files take less than a thousandth of it.</summary>
    public const double TimeLimit = 2;

    /// <summary>The damaged file.</summary>
    public static byte[] Make(FuzzTarget target, long number)
    {
        var seed = unchecked((int)(number ^ (number >> 32)) * 1_000_003);
        var random = new Random(seed);
        var original = target.Corpus[(int)(number % target.Corpus.Count)].Bytes;
        if (target.IsJson && random.Next(2) == 0) return JsonMutator.Mutate(original, random);
        var damaged = new ByteMutator(seed).Mutate(original, target.Corpus[random.Next(target.Corpus.Count)].Bytes, most: random.Next(2) == 0 ? 1 : 4);
        if (target.Repair is { } repair && random.Next(4) != 0) repair(damaged);
        return damaged;
    }

    /// <summary>Reads a file, which may load or be refused with an <see cref="InvalidDataException"/>.</summary>
    /// <param name="read">The parser.</param>
    /// <param name="file">The file.</param>
    /// <param name="allocationLimit">Bytes that it may allocate.</param>
    /// <param name="defect">What went wrong; null if nothing.</param>
    /// <returns>Whether it was refused.</returns>
    public static bool IsRefused(Action<byte[]> read, byte[] file, long allocationLimit, out string? defect)
    {
        defect = null;
        var refused = false;
        var (before, start) = (GC.GetAllocatedBytesForCurrentThread(), ThreadClock.Seconds);
        try
        {
            read(file);
        }
        catch (InvalidDataException refusal)
        {
            refused = true;
            if (string.IsNullOrWhiteSpace(refusal.Message)) defect = "a refusal without a message";
        }
        catch (Exception exception)
        {
            defect = $"{exception.GetType().Name} instead of InvalidDataException: {exception}";
        }
        var (allocated, seconds) = (GC.GetAllocatedBytesForCurrentThread() - before, ThreadClock.Seconds - start);
        if (allocated > allocationLimit) defect ??= $"{allocated} bytes allocated for a file of {file.Length}";
        if (seconds > TimeLimit) defect ??= $"{seconds:F1} s of processor time for a file of {file.Length} bytes";
        return refused;
    }
}
