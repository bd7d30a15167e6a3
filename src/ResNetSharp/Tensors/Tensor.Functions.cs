using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp;

public sealed partial class Tensor
{
    /// <summary>max(x, 0).</summary>
    public Tensor Relu() => new Unary(UnaryFunction.Relu).Apply(this);

    /// <summary>min(max(x, 0), 6).</summary>
    public Tensor Relu6() => new Unary(UnaryFunction.Relu6).Apply(this);

    /// <summary>x where positive, otherwise <paramref name="slope"/> * x.</summary>
    public Tensor LeakyRelu(float slope = 0.01f) => new Unary(UnaryFunction.LeakyRelu, slope).Apply(this);

    /// <summary>x where positive, otherwise <paramref name="alpha"/> * (exp(x) - 1).</summary>
    public Tensor Elu(float alpha = 1) => new Unary(UnaryFunction.Elu, alpha).Apply(this);

    /// <summary>The self-normalising ELU (Klambauer et al., 2017).</summary>
    public Tensor Selu() => new Unary(UnaryFunction.Selu).Apply(this);

    /// <summary>x * Phi(x), with the normal distribution's own integral.</summary>
    public Tensor Gelu() => new Unary(UnaryFunction.Gelu).Apply(this);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public Tensor Sigmoid() => new Unary(UnaryFunction.Sigmoid).Apply(this);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => new Unary(UnaryFunction.Tanh).Apply(this);

    /// <summary>x * sigmoid(x), also called swish.</summary>
    public Tensor Silu() => new Unary(UnaryFunction.Silu).Apply(this);

    /// <summary>log(1 + exp(x)).</summary>
    public Tensor Softplus() => new Unary(UnaryFunction.Softplus).Apply(this);

    /// <summary>relu6(x + 3) / 6.</summary>
    public Tensor HardSigmoid() => new Unary(UnaryFunction.HardSigmoid).Apply(this);

    /// <summary>x * relu6(x + 3) / 6.</summary>
    public Tensor HardSwish() => new Unary(UnaryFunction.HardSwish).Apply(this);

    /// <summary>The exponential function.</summary>
    public Tensor Exp() => new Unary(UnaryFunction.Exp).Apply(this);

    /// <summary>The natural logarithm.</summary>
    public Tensor Log() => new Unary(UnaryFunction.Log).Apply(this);

    /// <summary>The square root.</summary>
    public Tensor Sqrt() => new Unary(UnaryFunction.Sqrt).Apply(this);

    /// <summary>x * x.</summary>
    public Tensor Square() => new Unary(UnaryFunction.Square).Apply(this);

    /// <summary>Probabilities along the last axis.</summary>
    public Tensor Softmax() => new Softmax().Apply(this);

    /// <summary>Logarithms of probabilities along the last axis.</summary>
    public Tensor LogSoftmax() => new Softmax(logarithm: true).Apply(this);

    /// <summary>An activation by name.</summary>
    public Tensor Activate(Activation activation) => activation switch
    {
        Activation.Linear => this,
        Activation.Relu => Relu(),
        Activation.Relu6 => Relu6(),
        Activation.LeakyRelu => LeakyRelu(),
        Activation.Elu => Elu(),
        Activation.Selu => Selu(),
        Activation.Gelu => Gelu(),
        Activation.Sigmoid => Sigmoid(),
        Activation.Tanh => Tanh(),
        Activation.Silu => Silu(),
        Activation.Softplus => Softplus(),
        Activation.HardSigmoid => HardSigmoid(),
        Activation.HardSwish => HardSwish(),
        Activation.Softmax => Softmax(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "unknown activation"),
    };

    /// <summary>The mean over height and width: (batch, height, width, channels) to (batch, channels).</summary>
    public Tensor GlobalAveragePooling2D() => new GlobalAveragePool().Apply(this);

    /// <summary>The maximum over height and width: (batch, height, width, channels) to (batch, channels).</summary>
    public Tensor GlobalMaxPooling2D()
    {
        if (Shape.Rank != 4) throw new ShapeException($"GlobalMaxPooling2D needs images of shape (batch, height, width, channels), but got {Shape}");
        var window = new Window(Shape[1], Shape[2], Shape[1], Shape[2], Padding.Valid);
        return new Flatten().Apply(new MaxPool(window).Apply(this));
    }

    /// <summary>The largest element of each window; padding never wins.</summary>
    /// <param name="size">Height and width of the window, in pixels.</param>
    /// <param name="strides">Distance between windows; the window's size if not given.</param>
    /// <param name="padding">The default is no padding.</param>
    public Tensor MaxPooling2D(int size, int? strides = null, Padding padding = default) =>
        new MaxPool(new Window(size, size, strides ?? size, strides ?? size, padding).Checked()).Apply(this);

    /// <summary>The mean of each window.</summary>
    /// <param name="size">Height and width of the window, in pixels.</param>
    /// <param name="strides">Distance between windows; the window's size if not given.</param>
    /// <param name="padding">The default is no padding.</param>
    /// <param name="countPadding">Whether padding counts as zeros, as in PyTorch; by default it does not count, as in Keras.</param>
    public Tensor AveragePooling2D(int size, int? strides = null, Padding padding = default, bool countPadding = false) =>
        new AveragePool(new Window(size, size, strides ?? size, strides ?? size, padding).Checked(), countPadding).Apply(this);

    /// <summary>Rows and columns of zeros around images.</summary>
    /// <param name="padding">How many on which side; <see cref="Padding.Same"/> is not an amount.</param>
    /// <exception cref="ArgumentException">The padding is <see cref="Padding.Same"/>.</exception>
    public Tensor ZeroPadding2D(Padding padding)
    {
        if (padding.IsSame) throw new ArgumentException("zero padding needs numbers of rows and columns; 'same' depends on a window", nameof(padding));
        return new Pad([0, padding.Top, padding.Left, 0], [0, padding.Bottom, padding.Right, 0]).Apply(this);
    }

    /// <summary>A constant around a tensor.</summary>
    /// <param name="before">Elements in front, one number an axis.</param>
    /// <param name="after">Elements behind, one number an axis.</param>
    /// <param name="value">The constant.</param>
    public Tensor Pad(ReadOnlySpan<int> before, ReadOnlySpan<int> after, float value = 0) => new Pad(before.ToArray(), after.ToArray(), value).Apply(this);

    /// <summary>Every n-th element between a start and an end, for each axis.</summary>
    /// <param name="starts">The first index, an axis.</param>
    /// <param name="ends">The index after the last, an axis; <see cref="int.MaxValue"/> is the end of the axis.</param>
    /// <param name="steps">The distance, at least 1, an axis; 1 everywhere if not given.</param>
    public Tensor Slice(ReadOnlySpan<int> starts, ReadOnlySpan<int> ends, ReadOnlySpan<int> steps = default)
    {
        var distances = steps.ToArray();
        if (steps.IsEmpty)
        {
            distances = new int[starts.Length];
            Array.Fill(distances, 1);
        }
        return new Slice(starts.ToArray(), ends.ToArray(), distances).Apply(this);
    }

    /// <summary>The same elements in the same order under another shape.</summary>
    /// <param name="extents">The new extents, the batch included; one may be <see cref="Shape.Unknown"/> and follows from the others.</param>
    public Tensor Reshape(params ReadOnlySpan<int> extents) => new Reshape(new Shape(extents)).Apply(this);

    /// <summary>All axes but the batch in one: (batch, features).</summary>
    public Tensor Flatten() => new Flatten().Apply(this);

    /// <summary>The same elements with their axes in another order.</summary>
    /// <param name="axes">For each axis of the result the axis of this tensor that it is: (0, 3, 1, 2) puts the channels of images first.</param>
    /// <exception cref="ShapeException">Not each axis is there once.</exception>
    public Tensor Transpose(params ReadOnlySpan<int> axes) => new Transpose(axes.ToArray()).Apply(this);

    /// <summary>Tensors one after the other along an axis.</summary>
    /// <param name="tensors">At least one; equal in all other extents.</param>
    /// <param name="axis">Negative axes count from the end: -1 joins channels.</param>
    public static Tensor Concatenate(IReadOnlyList<Tensor> tensors, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentOutOfRangeException.ThrowIfZero(tensors.Count, nameof(tensors));
        return new Concatenate(axis < 0 ? axis + tensors[0].Shape.Rank : axis).Apply([.. tensors]);
    }

    /// <summary>The sum over some axes.</summary>
    /// <param name="axes">Which; negative ones count from the end. All if empty.</param>
    /// <param name="keepAxes">Whether they stay, with extent 1.</param>
    public Tensor Sum(ReadOnlySpan<int> axes = default, bool keepAxes = false) => Reduced(ReduceFunction.Sum, axes, keepAxes);

    /// <summary>The mean over some axes.</summary>
    /// <param name="axes">Which; negative ones count from the end. All if empty.</param>
    /// <param name="keepAxes">Whether they stay, with extent 1.</param>
    public Tensor Mean(ReadOnlySpan<int> axes = default, bool keepAxes = false) => Reduced(ReduceFunction.Mean, axes, keepAxes);

    /// <summary>The maximum over some axes.</summary>
    /// <param name="axes">Which; negative ones count from the end. All if empty.</param>
    /// <param name="keepAxes">Whether they stay, with extent 1.</param>
    public Tensor Max(ReadOnlySpan<int> axes = default, bool keepAxes = false) => Reduced(ReduceFunction.Max, axes, keepAxes);

    Tensor Reduced(ReduceFunction function, ReadOnlySpan<int> axes, bool keepAxes)
    {
        var rank = Shape.Rank;
        int[] chosen = axes.IsEmpty ? [.. Enumerable.Range(0, rank)] : [.. axes.ToArray().Select(a => a < 0 ? a + rank : a).Order()];
        return new Reduce(function, chosen, keepAxes).Apply(this);
    }
}
