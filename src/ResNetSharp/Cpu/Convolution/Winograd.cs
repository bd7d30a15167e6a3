namespace ResNetSharp.Cpu;

/// <summary>Whether 3x3 convolutions may be computed with Winograd's fast algorithm, which rounds differently.</summary>
internal enum Winograd
{
    /// <summary>Never.</summary>
    Off,

    /// <summary>Where it is expected to be faster.</summary>
    Auto,

    /// <summary>Wherever it is possible, with tiles of 4x4 results.</summary>
    Always,

    /// <summary>Wherever it is possible, with tiles of 2x2 results; weight gradients the direct way.</summary>
    AlwaysSmall,
}

/// <summary>The default for <see cref="Winograd"/>.</summary>
internal static class WinogradSettings
{
    /// <summary>The environment variable that turns it off: auto or off.</summary>
    public const string Variable = "RESNETSHARP_WINOGRAD";

    static readonly Lazy<Winograd> selected = new(() => Select(Environment.GetEnvironmentVariable(Variable)));

    /// <summary>What kernels do unless told otherwise; read once from <see cref="Variable"/>.</summary>
    /// <exception cref="NotSupportedException">The variable has an unknown value.</exception>
    public static Winograd Selected => selected.Value;

    /// <summary>The meaning of a value of <see cref="Variable"/>.</summary>
    /// <exception cref="NotSupportedException">The value is unknown.</exception>
    public static Winograd Select(string? value) => AlgorithmSwitch.IsOn(Variable, value) ? Winograd.Auto : Winograd.Off;
}
