using ResNetSharp.Quantization;

namespace ResNetSharp.Tests.Quantization;

public sealed class QuantizationParametersTests
{
    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 6)]
    [InlineData(-3, 0)]
    [InlineData(-0.001, 700)]
    [InlineData(2, 5)]
    [InlineData(-7, -4)]
    public void A_number_within_the_range_comes_back_to_within_a_step(float minimum, float maximum)
    {
        var parameters = QuantizationParameters.FromRange(minimum, maximum);
        for (var i = 0; i <= 1000; i++)
        {
            var value = minimum + (maximum - minimum) * i / 1000;
            // Half a step for rounding the number, and half a step for rounding the zero point at either end.
            Assert.InRange(parameters.Dequantize(parameters.Quantize(value)) - value, -1.001f * parameters.Scale, 1.001f * parameters.Scale);
        }
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(-0.3, 12)]
    public void Zero_is_exact_and_numbers_inside_lose_at_most_half_a_step(float minimum, float maximum)
    {
        var parameters = QuantizationParameters.FromRange(minimum, maximum);
        Assert.Equal(0, parameters.Dequantize(parameters.Quantize(0)));
        for (var i = 5; i < 95; i++)
        {
            var value = minimum + (maximum - minimum) * i / 100;
            Assert.InRange(parameters.Dequantize(parameters.Quantize(value)) - value, -0.5001f * parameters.Scale, 0.5001f * parameters.Scale);
        }
    }

    [Fact]
    public void Every_byte_survives_the_way_there_and_back()
    {
        var parameters = QuantizationParameters.FromRange(-1.7f, 3.1f);
        for (var i = 0; i < 256; i++) Assert.Equal(i, parameters.Quantize(parameters.Dequantize((byte)i)));
    }

    [Fact]
    public void Halves_go_to_the_even_byte_and_ends_are_ends()
    {
        var parameters = new QuantizationParameters(2, 10);
        Assert.Equal([10, 10, 12, 12, 0, 255], new[] { 0f, 1, 3, 5, -1000, 1e30f }.Select(v => (int)parameters.Quantize(v)));
    }

    [Fact]
    public void A_range_that_is_none_is_refused()
    {
        Assert.Throws<ArgumentException>(() => QuantizationParameters.FromRange(1, 0));
        Assert.Throws<ArgumentException>(() => QuantizationParameters.FromRange(0, float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizationOptions { Percentile = 50 });
    }
}
