using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Conversions between 32-bit numbers and bfloat16.</summary>
public sealed unsafe class CastKernelTests
{
    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(-2.5f, 0xC020)]
    [InlineData(0f, 0)]
    // Halfway between two neighbours: to the even one.
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    // Just above and below halfway.
    [InlineData(1.00390637f, 0x3F81)]
    [InlineData(1.00390613f, 0x3F80)]
    [InlineData(float.PositiveInfinity, 0x7F80)]
    [InlineData(float.NegativeInfinity, 0xFF80)]
    // Past the largest number of 8 significant bits.
    [InlineData(float.MaxValue, 0x7F80)]
    // A denormal number.
    [InlineData(1e-40f, 1)]
    public void Rounds_to_nearest_and_ties_to_even(float number, int expected)
    {
        ushort rounded;
        KernelTesting.Run(new CastKernel<float, ushort>(&number, &rounded, 1));
        Assert.Equal((ushort)expected, rounded);
    }

    [Theory]
    [InlineData(0x7FC00000u)]
    [InlineData(0x7F800001u)]
    [InlineData(0xFFFFFFFFu)]
    public void Not_a_number_stays_none(uint bits)
    {
        var number = BitConverter.UInt32BitsToSingle(bits);
        ushort rounded;
        float back;
        KernelTesting.Run(new CastKernel<float, ushort>(&number, &rounded, 1));
        KernelTesting.Run(new CastKernel<ushort, float>(&rounded, &back, 1));
        Assert.True(float.IsNaN(back));
    }

    [Fact]
    public void Every_bfloat16_comes_back_as_it_was()
    {
        const int Count = 1 << 16;
        var elements = new ushort[Count];
        var numbers = new Numbers(Count);
        var again = new ushort[Count];
        for (var i = 0; i < Count; i++) elements[i] = (ushort)i;
        fixed (ushort* from = elements, to = again)
        {
            KernelTesting.Run(new CastKernel<ushort, float>(from, numbers, Count));
            KernelTesting.Run(new CastKernel<float, ushort>(numbers, to, Count));
        }
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(numbers.Span[i]));
            if (!float.IsNaN(numbers.Span[i])) Assert.Equal(elements[i], again[i]);
        }
    }
}
