using ResNetSharp.Cpu;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

/// <summary>
/// Finds x * Φ(x) where a file spells it out as x, 1/2 and 1 + erf(x / sqrt 2), multiplied in whatever order: PyTorch, Keras and this
/// library each have their own.
/// </summary>
internal static class GeluPattern
{
    /// <summary>The function itself for a product that is one, and the product as it is for any other.</summary>
    public static Tensor Simplify(Tensor product)
    {
        var (bare, factor) = Peel(product);
        if (bare.Producer is not { Operation: Binary { Function: BinaryFunction.Multiply } } node) return product;
        return Match(node.Inputs[0], node.Inputs[1], factor) ?? Match(node.Inputs[1], node.Inputs[0], factor) ?? product;
    }

    /// <summary>For factor * left * right, with the error function in right.</summary>
    static Tensor? Match(Tensor left, Tensor right, double factor)
    {
        var (sum, beside) = Peel(right);
        if (InnerOfErf(sum) is not { } inner) return null;
        var ((x, outer), (same, slope)) = (Peel(left), Peel(inner));
        // The argument is scale * x, which erf sees divided by sqrt 2, and half of which stands before it.
        var scale = slope * Math.Sqrt(2);
        if (same != x || Math.Abs(factor * beside * outer - scale / 2) > 1e-6 * Math.Abs(scale)) return null;
        return new Unary(UnaryFunction.Gelu).Apply(Math.Abs(scale - 1) < 1e-6 ? x : x * (float)scale);
    }

    /// <summary>z for 1 + erf(z).</summary>
    static Tensor? InnerOfErf(Tensor sum)
    {
        if (sum.Producer is not { Operation: Binary { Function: BinaryFunction.Add } } node) return null;
        foreach (var (one, other) in new[] { (node.Inputs[0], node.Inputs[1]), (node.Inputs[1], node.Inputs[0]) })
            if (NumberOf(one) == 1 && other.Producer is { Operation: Unary { Function: UnaryFunction.Erf } } erf) return erf.Inputs[0];
        return null;
    }

    /// <summary>A tensor without the numbers that it is multiplied with or divided by, and their product.</summary>
    static (Tensor Bare, double Factor) Peel(Tensor tensor)
    {
        var factor = 1d;
        while (tensor.Producer is { Operation: Binary { Function: var function } } node)
        {
            if (function == BinaryFunction.Multiply && NumberOf(node.Inputs[0]) is { } left) (factor, tensor) = (factor * left, node.Inputs[1]);
            else if (function == BinaryFunction.Multiply && NumberOf(node.Inputs[1]) is { } right) (factor, tensor) = (factor * right, node.Inputs[0]);
            else if (function == BinaryFunction.Divide && NumberOf(node.Inputs[1]) is { } divisor) (factor, tensor) = (factor / divisor, node.Inputs[0]);
            else break;
        }
        return (tensor, factor);
    }

    static float? NumberOf(Tensor tensor) => tensor.Producer switch
    {
        { Operation: Constant { Values: [var number] } } => number,
        { Operation: Reshape } view => NumberOf(view.Inputs[0]),
        _ => null,
    };
}
