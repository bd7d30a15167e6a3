using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>How a backward pass learns where the ReLU was open.</summary>
internal interface IReluMask
{
    /// <summary>Whether the forward output is read.</summary>
    static abstract bool ReadsOutput { get; }

    /// <summary>The gradient before the ReLU.</summary>
    /// <param name="dy">The gradient after it.</param>
    /// <param name="y">The forward output, if read.</param>
    /// <param name="centred">The forward input less its mean.</param>
    /// <param name="scale">The forward factor.</param>
    /// <param name="shift">The forward shift.</param>
    static abstract Vector<float> Apply(Vector<float> dy, Vector<float> y, Vector<float> centred, Vector<float> scale, Vector<float> shift);

    /// <summary>The same.</summary>
    static abstract NumberPairs Apply(NumberPairs dy, NumberPairs y, NumberPairs centred, NumberPairs scale, NumberPairs shift);
}

/// <summary>There was no ReLU, or the gradient has passed it already.</summary>
internal readonly struct NoMask : IReluMask
{
    public static bool ReadsOutput => false;

    public static Vector<float> Apply(Vector<float> dy, Vector<float> y, Vector<float> centred, Vector<float> scale, Vector<float> shift) => dy;

    public static NumberPairs Apply(NumberPairs dy, NumberPairs y, NumberPairs centred, NumberPairs scale, NumberPairs shift) => dy;
}

/// <summary>The forward output tells.</summary>
internal readonly struct OutputMask : IReluMask
{
    public static bool ReadsOutput => true;

    public static Vector<float> Apply(Vector<float> dy, Vector<float> y, Vector<float> centred, Vector<float> scale, Vector<float> shift) =>
        Lanes.ReluGradient(y, dy);

    public static NumberPairs Apply(NumberPairs dy, NumberPairs y, NumberPairs centred, NumberPairs scale, NumberPairs shift) =>
        NumberPairs.ReluGradient(y, dy);
}

/// <summary>The forward output is computed again.</summary>
internal readonly struct InputMask : IReluMask
{
    public static bool ReadsOutput => false;

    public static Vector<float> Apply(Vector<float> dy, Vector<float> y, Vector<float> centred, Vector<float> scale, Vector<float> shift) =>
        Lanes.ReluGradient(Vector.FusedMultiplyAdd(centred, scale, shift), dy);

    public static NumberPairs Apply(NumberPairs dy, NumberPairs y, NumberPairs centred, NumberPairs scale, NumberPairs shift) =>
        NumberPairs.ReluGradient(NumberPairs.MultiplyAdd(centred, scale, shift), dy);
}
