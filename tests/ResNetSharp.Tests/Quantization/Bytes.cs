using ResNetSharp.Tests.Cpu;

namespace ResNetSharp.Tests.Quantization;

/// <summary>Bytes at a fixed address, in memory of <see cref="Numbers"/>, with guard values behind them.</summary>
sealed unsafe class Bytes(int count)
{
    readonly Numbers numbers = new((count + sizeof(float) - 1) / sizeof(float));

    public static Bytes Random(int count, int seed)
    {
        var bytes = new Bytes(count);
        new Random(seed).NextBytes(new Span<byte>(bytes, count));
        return bytes;
    }

    public Numbers AsNumbers() => numbers;

    public byte[] ToArray()
    {
        _ = numbers.ToArray();
        return new Span<byte>(this, count).ToArray();
    }

    public static implicit operator byte*(Bytes bytes) => (byte*)bytes.numbers.Pointer;
}
