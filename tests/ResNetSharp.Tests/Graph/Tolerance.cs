namespace ResNetSharp.Tests.Graph;

/// <summary>The levels of agreement that tests ask for, in one place: errors relative to the largest number of the reference.</summary>
static class Tolerance
{
    /// <summary>One operation in float32 against double.</summary>
    public const double Rounding = 4e-6;

    /// <summary>A chain of some operations in float32, or a sum of many terms, against double.</summary>
    public const double Accumulated = 3e-5;

    /// <summary>Gradients through a whole block in float32 against differences of a double function.</summary>
    public const double Gradient = 1e-4;

    /// <summary>Checks numbers against references.</summary>
    /// <param name="expected">The references.</param>
    /// <param name="actual">The numbers.</param>
    /// <param name="level">One of the levels above.</param>
    /// <param name="what">Named in the message.</param>
    /// <param name="scale">What the error is relative to where it is larger than all references.</param>
    public static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double level, string what, double scale = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var value in expected) scale = Math.Max(scale, Math.Abs(value));
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= level * scale + 1e-12))
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, not {expected[i]:R} (error {Math.Abs(expected[i] - actual[i]) / scale:E1} of {scale:E2}, {level:E1} allowed)");
    }

    /// <summary>Checks that numbers are equal to the last bit.</summary>
    public static void SameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, not {expected[i]:R}");
    }
}
