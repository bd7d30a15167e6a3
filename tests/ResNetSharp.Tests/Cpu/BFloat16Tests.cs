using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class BFloat16Tests
{
    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(-2f, 0xC000)]
    [InlineData(0f, 0)]
    [InlineData(-0f, 0x8000)]
    [InlineData(1.00390625f, 0x3F80)] // halfway between two: to the even one, below
    [InlineData(1.01171875f, 0x3F82)] // halfway between two: to the even one, above
    [InlineData(1.004f, 0x3F81)] // just above halfway
    [InlineData(float.PositiveInfinity, 0x7F80)]
    [InlineData(float.MaxValue, 0x7F80)]
    [InlineData(float.NegativeInfinity, 0xFF80)]
    public void Numbers_are_rounded_to_the_nearest_and_then_to_even(float value, int expected) =>
        Assert.Equal(expected, BFloat16.FromFloat(value));

    [Fact]
    public void What_is_not_a_number_stays_so_even_where_only_the_lower_half_says_it()
    {
        foreach (var bits in new[] { 0x7F80_0001u, 0x7FFF_FFFFu, 0xFF80_0001u, 0x7FC0_0000u })
        {
            Assert.True(float.IsNaN(BFloat16.ToFloat(BFloat16.FromFloat(BitConverter.UInt32BitsToSingle(bits)))));
        }
    }

    [Fact]
    public void Every_number_survives_the_way_there_and_back()
    {
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var value = BFloat16.ToFloat((ushort)bits);
            if (!float.IsNaN(value)) Assert.Equal(bits, BFloat16.FromFloat(value));
        }
    }

    [Fact]
    public void Arrays_are_converted_as_single_numbers_are()
    {
        var random = new Random(1);
        var values = new float[1003];
        for (var i = 0; i < values.Length; i++) values[i] = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
        values[5] = float.NaN;
        values[6] = BitConverter.UInt32BitsToSingle(0x7F80_0001);
        var narrow = new ushort[values.Length];
        BFloat16.FromFloat(values, narrow);
        Assert.Equal(values.Select(BFloat16.FromFloat), narrow);
        var wide = new float[values.Length];
        BFloat16.ToFloat(narrow, wide);
        Assert.Equal(narrow.Select(BFloat16.ToFloat), wide);
    }

    [Fact]
    public void Arrays_of_different_length_are_refused() =>
        Assert.Throws<ArgumentException>(() => BFloat16.FromFloat(new float[3], new ushort[4]));
}
