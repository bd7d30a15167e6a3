using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ResNetSharp.Quantization;

namespace ResNetSharp.Cpu;

/// <summary>A function of one byte as the list of its 256 results.</summary>
internal sealed unsafe class ByteTable
{
    readonly NativeBuffer results = new(256);

    /// <summary>Tabulates.</summary>
    /// <param name="from">What the bytes given stand for.</param>
    /// <param name="function">The function of the number that a byte stands for.</param>
    /// <param name="to">What the bytes of the results stand for.</param>
    public ByteTable(QuantizationParameters from, Func<float, float> function, QuantizationParameters to)
    {
        IsIdentity = true;
        for (var i = 0; i < 256; i++)
        {
            results.Pointer[i] = to.Quantize(function(from.Dequantize((byte)i)));
            IsIdentity &= results.Pointer[i] == i;
        }
    }

    /// <summary>Whether every byte stays what it is.</summary>
    public bool IsIdentity { get; }

    /// <summary>Looks up n bytes. <paramref name="y"/> may be <paramref name="x"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(byte* x, byte* y, int n)
    {
        if (IsIdentity)
        {
            if (x != y) new ReadOnlySpan<byte>(x, n).CopyTo(new Span<byte>(y, n));
            return;
        }
        var i = Avx512Vbmi.IsSupported ? Wide(x, y, n) : 0;
        for (; i < n; i++) y[i] = results.Pointer[x[i]];
    }

    /// <summary>64 bytes at a time, for as many as there are whole vectors; returns how many bytes that were.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    int Wide(byte* x, byte* y, int n)
    {
        var (first, second) = (Vector512.Load(results.Pointer), Vector512.Load(results.Pointer + 64));
        var (third, fourth) = (Vector512.Load(results.Pointer + 128), Vector512.Load(results.Pointer + 192));
        var i = 0;
        for (; i <= n - Vector512<byte>.Count; i += Vector512<byte>.Count)
        {
            // The instruction looks at the lower seven bits; the eighth chooses the half of the table.
            var index = Vector512.Load(x + i);
            var lower = Avx512Vbmi.PermuteVar64x8x2(first, index, second);
            var upper = Avx512Vbmi.PermuteVar64x8x2(third, index, fourth);
            Vector512.ConditionalSelect(Vector512.LessThan(index.AsSByte(), Vector512<sbyte>.Zero).AsByte(), upper, lower).Store(y + i);
        }
        return i;
    }
}
