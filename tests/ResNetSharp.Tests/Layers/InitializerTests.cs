namespace ResNetSharp.Tests.Layers;

/// <summary>First values have the bounds and the variance that their names promise.</summary>
public sealed class InitializerTests
{
    const double FanIn = 9 * 20, FanOut = 9 * 40;
    static readonly Shape Weights = new(3, 3, 20, 40);

    [Theory]
    [InlineData("glorot_uniform", 2 / (FanIn + FanOut), 1.7320508)]
    [InlineData("xavier_uniform", 2 / (FanIn + FanOut), 1.7320508)]
    [InlineData("glorot_normal", 2 / (FanIn + FanOut), 2.2736736)]
    [InlineData("xavier_normal", 2 / (FanIn + FanOut), 0)]
    [InlineData("he_normal", 2 / FanIn, 2.2736736)]
    [InlineData("he_uniform", 2 / FanIn, 1.7320508)]
    [InlineData("lecun_normal", 1 / FanIn, 2.2736736)]
    [InlineData("lecun_uniform", 1 / FanIn, 1.7320508)]
    [InlineData("kaiming_normal", 2 / FanIn, 0)]
    [InlineData("kaiming_normal_fan_out", 2 / FanOut, 0)]
    [InlineData("kaiming_uniform", 2 / FanIn, 1.7320508)]
    public void Variance_and_bound(string name, double variance, double boundInDeviations)
    {
        var values = Draw(Initializer.ByName(name), Weights);
        var deviation = Math.Sqrt(variance);
        // Of 7,200 draws the mean is normal with deviation / 85, the variance within a few hundredths.
        Assert.InRange(values.Average() / deviation, -0.06, 0.06);
        Assert.InRange(values.Sum(v => (double)v * v) / values.Length / variance, 0.93, 1.07);
        var largest = values.Max(v => Math.Abs(v)) / deviation;
        if (boundInDeviations > 0) Assert.InRange(largest, 0.98 * boundInDeviations, 1.000001 * boundInDeviations);
        else Assert.InRange(largest, 3, 6);
    }

    [Fact]
    public void An_initializer_of_ones_own_finds_zeros()
    {
        for (var i = 0; i < 10; i++)
        {
            LeaveGarbage();
            Assert.All(new Parameter("weight", Weights, new OnlyTheFirst()).Values[1..].ToArray(), v => Assert.Equal(0, v));
        }

        static void LeaveGarbage()
        {
            for (var i = 0; i < 50; i++) GC.AllocateUninitializedArray<float>((int)Weights.Size + 16, pinned: true).AsSpan().Fill(float.NaN);
            GC.Collect();
        }
    }

    sealed class OnlyTheFirst : Initializer
    {
        public override void Fill(Span<float> values, Shape shape, ref RandomSource random) => values[0] = 1;
    }

    [Fact]
    public void Constants_bounds_and_deviations_that_are_given()
    {
        Assert.All(Draw(Initializer.Zeros, Weights), v => Assert.Equal(0, v));
        Assert.All(Draw(Initializer.Ones, Weights), v => Assert.Equal(1, v));
        Assert.All(Draw(Initializer.ConstantOf(2.5f), Weights), v => Assert.Equal(2.5f, v));
        Assert.InRange(Draw(Initializer.UniformWithin(0.3), Weights).Max(), 0.299f, 0.3f);
        Assert.InRange(Draw(Initializer.NormalWith(0.3), Weights).Sum(v => v * v) / Weights.Size, 0.084, 0.096);
        Assert.InRange(Draw(Initializer.TorchDefault, Weights).Max(), 0.99 / Math.Sqrt(FanIn), 1 / Math.Sqrt(FanIn));
    }

    [Fact]
    public void Equal_streams_give_equal_values()
    {
        Assert.Equal(Draw(Initializer.HeNormal, Weights), Draw(Initializer.HeNormal, Weights));
        Assert.NotEqual(Draw(Initializer.HeNormal, Weights), Draw(Initializer.HeNormal, Weights, 2));
    }

    [Fact]
    public void Unknown_name_lists_those_that_are_known() =>
        Assert.Contains("he_normal", Assert.Throws<ArgumentException>(() => Initializer.ByName("he")).Message, StringComparison.Ordinal);

    static float[] Draw(Initializer initializer, Shape shape, ulong seed = 1)
    {
        var random = new RandomSource(seed);
        var values = new float[shape.Size];
        initializer.Fill(values, shape, ref random);
        return values;
    }
}
