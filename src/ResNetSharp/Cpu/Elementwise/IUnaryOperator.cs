using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>The formula of a <see cref="UnaryFunction"/> and of its gradient, for any vector width.</summary>
internal interface IUnaryOperator
{
    /// <summary>Whether <see cref="Gradient"/> takes the function's value rather than its argument, so that the argument need not be kept.</summary>
    static abstract bool GradientFromOutput { get; }

    /// <summary>The function's value.</summary>
    static abstract Vector<float> Value(Vector<float> x, Vector<float> parameter);

    /// <summary>The derivative, times <paramref name="dy"/>.</summary>
    /// <param name="v">The function's value or its argument, see <see cref="GradientFromOutput"/>.</param>
    /// <param name="dy">The gradient of the result.</param>
    /// <param name="parameter">The function's parameter.</param>
    static abstract Vector<float> Gradient(Vector<float> v, Vector<float> dy, Vector<float> parameter);
}
