using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>An array of bfloat16 at a fixed address with guard values behind it.</summary>
sealed unsafe class Elements
{
    const int Guards = 32;
    const ushort Guard = 0xABCD;

    /// <summary>A kernel holds addresses only, so a test's arrays are kept alive here; no test uses as many at once.</summary>
    [ThreadStatic]
    static Queue<Elements>? recent;

    readonly NativeBuffer buffer;
    readonly int count;

    public Elements(int count)
    {
        recent ??= new Queue<Elements>();
        recent.Enqueue(this);
        if (recent.Count > 64) recent.Dequeue();
        this.count = count;
        buffer = new NativeBuffer((count + Guards) * sizeof(ushort));
        new Span<ushort>(buffer.Pointer, count + Guards)[count..].Fill(Guard);
    }

    /// <summary>Rounds numbers, and sets them to what they were rounded to.</summary>
    public static Elements Rounded(Numbers numbers)
    {
        var elements = new Elements(numbers.Span.Length);
        BFloat16.FromFloat(numbers.Span, elements.Span);
        BFloat16.ToFloat(elements.Span, numbers.Span);
        return elements;
    }

    public Span<ushort> Span => new(buffer.Pointer, count);

    /// <summary>Checks that the elements are numbers, rounded.</summary>
    public void AreRounded(Numbers numbers, string what)
    {
        Assert.All(new Span<ushort>(buffer.Pointer, count + Guards)[count..].ToArray(), v => Assert.Equal(Guard, v));
        var exact = numbers.ToArray();
        Assert.Equal(count, exact.Length);
        for (var i = 0; i < count; i++)
            if (Span[i] != BFloat16.FromFloat(exact[i]))
                Assert.Fail($"{what}: element {i} is {BFloat16.ToFloat(Span[i]):R}, not {exact[i]:R} rounded");
    }

    public static implicit operator ushort*(Elements? elements) => elements is null ? null : (ushort*)elements.buffer.Pointer;
}
