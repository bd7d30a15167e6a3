namespace ResNetSharp.Cpu;

/// <summary>Whether 1x1 convolutions may be computed with Strassen's algorithm, which rounds differently.</summary>
internal enum Strassen
{
    /// <summary>Never.</summary>
    Off,

    /// <summary>Where it is expected to be faster.</summary>
    Auto,

    /// <summary>Wherever it is possible.</summary>
    Always,
}

/// <summary>The default for <see cref="Strassen"/>.</summary>
internal static class StrassenSettings
{
    /// <summary>The environment variable that turns it off: auto or off.</summary>
    public const string Variable = "RESNETSHARP_STRASSEN";

    static readonly Lazy<Strassen> selected = new(() => Select(Environment.GetEnvironmentVariable(Variable)));

    /// <summary>What kernels do unless told otherwise; read once from <see cref="Variable"/>.</summary>
    /// <exception cref="NotSupportedException">The variable has an unknown value.</exception>
    public static Strassen Selected => selected.Value;

    /// <summary>The meaning of a value of <see cref="Variable"/>.</summary>
    /// <exception cref="NotSupportedException">The value is unknown.</exception>
    public static Strassen Select(string? value) => AlgorithmSwitch.IsOn(Variable, value) ? Strassen.Auto : Strassen.Off;
}
