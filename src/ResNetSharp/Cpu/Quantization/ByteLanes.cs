using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>Sixteen bytes at a time to 32-bit numbers and back. Numbers are rounded to the nearest byte, halves to the even one.</summary>
internal static unsafe class ByteLanes
{
    public const int Count = 16;

    /// <summary>Widens sixteen bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(byte* p)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(Vector128.Load(p));
        if (Avx2.IsSupported) return Vector512.Create(Avx2.ConvertToVector256Int32(p), Avx2.ConvertToVector256Int32(p + 8));
        var (low, high) = Vector128.Widen(Vector128.Load(p));
        var (first, second) = Vector128.Widen(low);
        var (third, fourth) = Vector128.Widen(high);
        return Vector512.Create(Vector256.Create(first, second), Vector256.Create(third, fourth)).AsInt32();
    }

    /// <summary>Rounds sixteen numbers that lie within <paramref name="lower"/> and <paramref name="upper"/> after clamping, adds the zero point and stores the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, Vector512<float> lower, Vector512<float> upper, Vector512<int> zero, byte* p)
    {
        values = Vector512.MinNative(Vector512.MaxNative(values, lower), upper);
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128ByteWithSaturation((Avx512F.ConvertToVector512Int32(values) + zero).AsUInt32()).Store(p);
            return;
        }
        var rounded = Vector512.ConvertToInt32(Vector512.Round(values)) + zero;
        var narrow = Vector256.Narrow(rounded.GetLower(), rounded.GetUpper());
        Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).AsByte().Store(p);
    }

    /// <summary>One number as <see cref="Store"/> does it.</summary>
    public static byte Round(float value, float lower, float upper, int zero) => (byte)((int)MathF.Round(Math.Min(Math.Max(value, lower), upper)) + zero);
}
