namespace ResNetSharp.Tests;

public sealed class ShapeTests
{
    [Fact]
    public void Prints_unknown_extents_as_question_marks() =>
        Assert.Equal("(?, 32, 32, 3)", new Shape(Shape.Unknown, 32, 32, 3).ToString());

    [Fact]
    public void Counts_elements() => Assert.Equal(24, new Shape(2, 3, 4).Size);

    [Fact]
    public void Negative_axes_count_from_the_end() => Assert.Equal(4, new Shape(2, 3, 4)[-1]);

    [Fact]
    public void Equal_extents_make_equal_shapes() => Assert.Equal(new Shape(4, 6, 6, 3), (Shape)(4, 6, 6, 3));
}
