namespace ResNetSharp;

/// <summary>How first values are drawn. Weights are (..., inputs, outputs): the fans count the extents before those two as kernel taps.</summary>
public abstract class Initializer
{
    /// <summary>All zeros.</summary>
    public static Initializer Zeros { get; } = new Constant(0);

    /// <summary>All ones.</summary>
    public static Initializer Ones { get; } = new Constant(1);

    /// <summary>Keras' default: uniform in +-sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010).</summary>
    public static Initializer GlorotUniform { get; } = new Uniform((i, o) => Math.Sqrt(6.0 / (i + o)));

    /// <summary>PyTorch's name of <see cref="GlorotUniform"/>.</summary>
    public static Initializer XavierUniform => GlorotUniform;

    /// <summary>Normal, cut off at two standard deviations, with variance 2 / (fan in + fan out), as Keras draws it.</summary>
    public static Initializer GlorotNormal { get; } = new Normal((i, o) => Math.Sqrt(2.0 / (i + o)), truncated: true);

    /// <summary>PyTorch's xavier_normal: normal with variance 2 / (fan in + fan out), not cut off.</summary>
    public static Initializer XavierNormal { get; } = new Normal((i, o) => Math.Sqrt(2.0 / (i + o)), truncated: false);

    /// <summary>Keras' he_normal: normal, cut off at two standard deviations, with variance 2 / fan in (He et al., 2015).</summary>
    public static Initializer HeNormal { get; } = new Normal((i, _) => Math.Sqrt(2.0 / i), truncated: true);

    /// <summary>Keras' he_uniform: uniform in +-sqrt(6 / fan in).</summary>
    public static Initializer HeUniform { get; } = new Uniform((i, _) => Math.Sqrt(6.0 / i));

    /// <summary>Keras' lecun_normal: normal, cut off at two standard deviations, with variance 1 / fan in.</summary>
    public static Initializer LecunNormal { get; } = new Normal((i, _) => Math.Sqrt(1.0 / i), truncated: true);

    /// <summary>Keras' lecun_uniform: uniform in +-sqrt(3 / fan in).</summary>
    public static Initializer LecunUniform { get; } = new Uniform((i, _) => Math.Sqrt(3.0 / i));

    /// <summary>PyTorch's kaiming_normal_(mode='fan_in', nonlinearity='relu'): normal with variance 2 / fan in.</summary>
    public static Initializer KaimingNormalFanIn { get; } = new Normal((i, _) => Math.Sqrt(2.0 / i), truncated: false);

    /// <summary>PyTorch's kaiming_normal_(mode='fan_out', nonlinearity='relu'): normal with variance 2 / fan out; torchvision's ResNets.</summary>
    public static Initializer KaimingNormalFanOut { get; } = new Normal((_, o) => Math.Sqrt(2.0 / o), truncated: false);

    /// <summary>PyTorch's kaiming_uniform_(mode='fan_in', nonlinearity='relu'): uniform in +-sqrt(6 / fan in).</summary>
    public static Initializer KaimingUniform => HeUniform;

    /// <summary>PyTorch's default of convolutions and linear layers: uniform in +-1 / sqrt(fan in).</summary>
    public static Initializer TorchDefault { get; } = new Uniform((i, _) => 1 / Math.Sqrt(i));

    /// <summary>Uniform in +-<paramref name="bound"/>.</summary>
    public static Initializer UniformWithin(double bound) => new Uniform((_, _) => bound);

    /// <summary>Normal with mean 0.</summary>
    /// <param name="standardDeviation">The standard deviation.</param>
    public static Initializer NormalWith(double standardDeviation) => new Normal((_, _) => standardDeviation, truncated: false);

    /// <summary>The same value everywhere.</summary>
    public static Initializer ConstantOf(float value) => new Constant(value);

    /// <summary>An initialiser by the name Keras or PyTorch gives it, such as <c>he_normal</c> or <c>xavier_uniform</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message lists those that are known.</exception>
    public static Initializer ByName(string name) => Named.TryGetValue(name, out var found)
        ? found
        : throw new ArgumentException($"no initialiser is called '{name}'; there are {string.Join(", ", Named.Keys.Order())}", nameof(name));

    static Dictionary<string, Initializer> Named { get; } = new(StringComparer.OrdinalIgnoreCase)
    {
        ["zeros"] = Zeros,
        ["ones"] = Ones,
        ["glorot_uniform"] = GlorotUniform,
        ["xavier_uniform"] = XavierUniform,
        ["glorot_normal"] = GlorotNormal,
        ["xavier_normal"] = XavierNormal,
        ["he_normal"] = HeNormal,
        ["he_uniform"] = HeUniform,
        ["lecun_normal"] = LecunNormal,
        ["lecun_uniform"] = LecunUniform,
        ["kaiming_normal"] = KaimingNormalFanIn,
        ["kaiming_normal_fan_out"] = KaimingNormalFanOut,
        ["kaiming_uniform"] = KaimingUniform,
    };

    /// <summary>Fills the values of a parameter.</summary>
    /// <param name="values">Where to; zeros before.</param>
    /// <param name="shape">The parameter's shape.</param>
    /// <param name="random">The parameter's own stream.</param>
    public abstract void Fill(Span<float> values, Shape shape, ref RandomSource random);

    /// <summary>The number of inputs that one output sums over, and of outputs that one input reaches.</summary>
    internal static (double In, double Out) Fans(Shape shape)
    {
        if (shape.Rank == 0) return (1, 1);
        if (shape.Rank == 1) return (shape[0], shape[0]);
        double taps = 1;
        foreach (var extent in shape.AsSpan()[..^2]) taps *= extent;
        return (taps * shape[-2], taps * shape[-1]);
    }

    sealed class Constant(float value) : Initializer
    {
        public override void Fill(Span<float> values, Shape shape, ref RandomSource random) => values.Fill(value);
    }

    sealed class Uniform(Func<double, double, double> bound) : Initializer
    {
        public override void Fill(Span<float> values, Shape shape, ref RandomSource random)
        {
            var (fanIn, fanOut) = Fans(shape);
            var limit = bound(fanIn, fanOut);
            foreach (ref var value in values) value = (float)((2 * random.NextDouble() - 1) * limit);
        }
    }

    sealed class Normal(Func<double, double, double> deviation, bool truncated) : Initializer
    {
        /// <summary>The standard deviation of a standard normal cut off at two: Keras divides by it to restore the variance.</summary>
        const double TruncatedDeviation = 0.87962566103423978;

        public override void Fill(Span<float> values, Shape shape, ref RandomSource random)
        {
            var (fanIn, fanOut) = Fans(shape);
            var scale = deviation(fanIn, fanOut) / (truncated ? TruncatedDeviation : 1);
            foreach (ref var value in values)
            {
                var draw = random.NextNormal();
                while (truncated && Math.Abs(draw) > 2) draw = random.NextNormal();
                value = (float)(draw * scale);
            }
        }
    }
}
