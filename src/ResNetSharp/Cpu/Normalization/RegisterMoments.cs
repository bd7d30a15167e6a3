using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Sums of a few results of neighbouring channels and of their squares; see <see cref="ResultMoments"/>.</summary>
/// <param name="expected">What is subtracted first; null if nothing is added up.</param>
internal unsafe struct RegisterMoments<T>(float* expected) where T : unmanaged, IRegister<T>
{
    readonly bool isWanted = expected != null;
    readonly T expected = expected == null ? default : T.Load(expected);
    T sum;
    T squares;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T results)
    {
        if (!isWanted) return;
        var difference = results - expected;
        sum += difference;
        squares = T.MultiplyAdd(difference, difference, squares);
    }

    /// <summary>Adds them to sums in memory, where that is wanted.</summary>
    /// <param name="sums">The sums of the channels.</param>
    /// <param name="pitch">Numbers from there to the sums of squares.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddTo(float* sums, int pitch)
    {
        if (!isWanted) return;
        (T.Load(sums) + sum).Store(sums);
        (T.Load(sums + pitch) + squares).Store(sums + pitch);
    }
}
