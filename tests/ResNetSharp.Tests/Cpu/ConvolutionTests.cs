using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class ConvolutionTests
{
    static readonly Workers[] teams = [new(1), new(2), new(3), new(8)];

    static readonly Dictionary<string, ConvolutionGeometry> geometries = new()
    {
        ["3x3 same"] = new(2, 9, 11, 17, 33, 3, 3, 1, 1, 1, 1, 1, 1),
        ["3x3 stride 2"] = new(3, 8, 7, 32, 48, 3, 3, 2, 2, 1, 1, 1, 1),
        ["3x3 stride 2, asymmetric padding"] = new(2, 8, 8, 16, 16, 3, 3, 2, 2, 0, 1, 0, 1),
        ["1x1"] = new(3, 5, 5, 64, 100, 1, 1),
        ["1x1 stride 2"] = new(2, 7, 7, 33, 20, 1, 1, 2, 2),
        ["1x1, whole registers of results"] = new(3, 17, 16, 37, 80, 1, 1),
        ["1x1 stride 2, two groups"] = new(2, 9, 9, 34, 96, 1, 1, 2, 2, 0, 0, 0, 0, 1, 1, 2),
        ["1x1 with padding"] = new(2, 5, 6, 18, 32, 1, 1, 1, 1, 1, 0, 2, 1),
        ["1x1 image"] = new(5, 1, 1, 20, 40, 3, 3, 1, 1, 1, 1, 1, 1),
        ["one channel in"] = new(2, 28, 28, 1, 32, 3, 3, 1, 1, 1, 1, 1, 1),
        ["one channel out"] = new(2, 6, 6, 5, 1, 3, 3, 1, 1, 1, 1, 1, 1),
        ["three channels"] = new(1, 12, 13, 3, 5, 3, 3, 1, 1, 1, 1, 1, 1),
        ["7x7 stem"] = new(2, 34, 30, 3, 64, 7, 7, 2, 2, 3, 3, 3, 3),
        ["stride beyond the kernel"] = new(2, 11, 10, 6, 18, 2, 2, 3, 4),
        ["dilation 2"] = new(2, 10, 9, 8, 17, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2),
        ["dilation 2, stride 2"] = new(1, 13, 12, 7, 9, 3, 2, 2, 2, 2, 1, 1, 2, 2, 2),
        ["more padding than needed"] = new(2, 4, 4, 5, 6, 3, 3, 1, 1, 4, 5, 3, 4),
        ["two groups"] = new(2, 6, 6, 34, 66, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2),
        ["four groups, stride 2"] = new(2, 7, 7, 12, 20, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 4),
        ["32 groups of 4"] = new(1, 6, 6, 128, 128, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 32),
        ["8 groups of 4, stride 2"] = new(3, 9, 8, 32, 32, 3, 3, 2, 2, 0, 1, 0, 1, 1, 1, 8),
        ["5 groups of 8"] = new(2, 7, 9, 40, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 5),
        ["11 groups of 2, dilation 2"] = new(2, 9, 10, 22, 22, 3, 5, 1, 2, 2, 2, 1, 3, 2, 1, 11),
        ["every channel its group"] = new(2, 6, 5, 19, 19, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 19),
        ["every channel its group, twice as many out"] = new(1, 6, 5, 7, 14, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 7),
        ["many small images"] = new(37, 2, 3, 20, 36, 3, 3, 1, 1, 1, 1, 1, 1),
        ["channels 4096 bytes apart"] = new(1, 5, 6, 1024, 34, 1, 1),
        ["weights beyond the cache"] = new(2, 3, 2, 160, 200, 3, 3, 1, 1, 1, 1, 1, 1),
        ["flat kernel"] = new(2, 8, 8, 9, 12, 1, 5, 1, 2, 0, 0, 2, 2),
        ["product of one row"] = ConvolutionGeometry.Product(1, 300, 77),
        ["product with few columns"] = ConvolutionGeometry.Product(65, 130, 10),
        ["product"] = ConvolutionGeometry.Product(100, 64, 96),
    };

    public static TheoryData<string, string> Cases() => ConvolutionChecks.Cases(geometries.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_equals_the_obvious_sum(string name, string path) =>
        ConvolutionChecks.Forward(new ConvolutionCase(geometries[name]), Enum.Parse<InstructionSet>(path), teams[1]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Input_gradient_equals_the_obvious_sum(string name, string path)
    {
        var test = new ConvolutionCase(geometries[name]);
        foreach (var accumulate in new[] { false, true }) ConvolutionChecks.InputGradient(test, Enum.Parse<InstructionSet>(path), teams[1], accumulate);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weight_gradient_equals_the_obvious_sum(string name, string path) =>
        ConvolutionChecks.WeightGradient(new ConvolutionCase(geometries[name]), Enum.Parse<InstructionSet>(path), teams[1]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_do_not_depend_on_the_number_of_threads(string name, string path) =>
        ConvolutionChecks.SameForAllTeams(new ConvolutionCase(geometries[name]), Enum.Parse<InstructionSet>(path), teams);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_shapes_give_the_obvious_sums(int seed) => ConvolutionChecks.OnRandomShapes(seed, RandomGeometry, (geometry, numbers, i, set) =>
        ConvolutionChecks.All(new ConvolutionCase(geometry, numbers), set, teams[i % teams.Length]));

    static ConvolutionGeometry RandomGeometry(Random random)
    {
        while (true)
        {
            var groups = random.Next(4) == 0 ? random.Next(1, 5) : 1;
            var (inputs, outputs) = (groups * random.Next(1, 30), groups * random.Next(1, 40));
            if (groups > 3)
            {
                groups = random.Next(2, 20);
                inputs = outputs = groups << random.Next(4);
            }
            var geometry = new ConvolutionGeometry(
                random.Next(1, 4), random.Next(1, 14), random.Next(1, 14), inputs, outputs,
                random.Next(1, 5), random.Next(1, 5), random.Next(1, 4), random.Next(1, 4),
                random.Next(3), random.Next(3), random.Next(3), random.Next(3), random.Next(1, 3), random.Next(1, 3), groups);
            if (geometry is { OutHeight: > 0, OutWidth: > 0 }) return geometry;
        }
    }

    [Fact]
    public void A_kernel_larger_than_its_image_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new ConvolutionGeometry(1, 2, 2, 3, 4, 3, 3).Validate());
        Assert.Contains("must fit", error.Message, StringComparison.Ordinal);
    }
}
