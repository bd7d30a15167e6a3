namespace ResNetSharp.Cpu;

/// <summary>A function of one number.</summary>
internal enum UnaryFunction
{
    /// <summary>max(x, 0)</summary>
    Relu,

    /// <summary>min(max(x, 0), 6)</summary>
    Relu6,

    /// <summary>x above 0, parameter times x below; the parameter is not negative.</summary>
    LeakyRelu,

    /// <summary>x above 0, parameter (exp(x) - 1) below; the parameter is not negative.</summary>
    Elu,

    /// <summary>Klambauer et al., "Self-normalizing neural networks", 2017.</summary>
    Selu,

    /// <summary>x Φ(x), Φ being the distribution function of the standard normal; exact, by erfc.</summary>
    Gelu,

    /// <summary>The approximation of Gelu by a hyperbolic tangent.</summary>
    GeluTanh,

    /// <summary>The error function, 2 / sqrt(π) times the integral of exp(-t²) from 0 to x.</summary>
    Erf,

    /// <summary>1 / (1 + exp(-x))</summary>
    Sigmoid,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x sigmoid(x), also called swish.</summary>
    Silu,

    /// <summary>log(1 + exp(x))</summary>
    Softplus,

    /// <summary>min(max(x + 3, 0), 6) / 6, as in PyTorch and Keras 3.</summary>
    HardSigmoid,

    /// <summary>x hardsigmoid(x)</summary>
    HardSwish,

    /// <summary>Exponential function.</summary>
    Exp,

    /// <summary>Natural logarithm.</summary>
    Log,

    /// <summary>Square root.</summary>
    Sqrt,

    /// <summary>x times x.</summary>
    Square,

    /// <summary>Absolute value; its gradient at 0 is 0.</summary>
    Abs,

    /// <summary>-x</summary>
    Negate,

    /// <summary>1 / x</summary>
    Reciprocal,
}
