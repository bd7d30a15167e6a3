namespace ResNetSharp;

/// <summary>A function applied to what a layer computes. The formulas stand at the methods of <see cref="Tensor"/> of the same names.</summary>
public enum Activation
{
    /// <summary>x itself.</summary>
    Linear,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6,

    /// <summary>x where positive, otherwise 0.01 * x.</summary>
    LeakyRelu,

    /// <summary>x where positive, otherwise exp(x) - 1.</summary>
    Elu,

    /// <summary>The self-normalising ELU.</summary>
    Selu,

    /// <summary>x * Phi(x).</summary>
    Gelu,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x * sigmoid(x).</summary>
    Silu,

    /// <summary>log(1 + exp(x)).</summary>
    Softplus,

    /// <summary>relu6(x + 3) / 6.</summary>
    HardSigmoid,

    /// <summary>x * relu6(x + 3) / 6.</summary>
    HardSwish,

    /// <summary>Probabilities along the last axis.</summary>
    Softmax,
}
