namespace ResNetSharp.Cpu;

/// <summary>Environment variables that turn off algorithms which are faster and round differently.</summary>
internal static class AlgorithmSwitch
{
    /// <summary>Whether a value leaves the algorithm to where it is expected to be faster.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="value">Its value: auto (or nothing) or off.</param>
    /// <exception cref="NotSupportedException">The value is unknown.</exception>
    public static bool IsOn(string variable, string? value) => value?.Trim().ToLowerInvariant() switch
    {
        null or "" or "auto" => true,
        "off" => false,
        _ => throw new NotSupportedException($"{variable} is '{value}'; use auto or off."),
    };
}
