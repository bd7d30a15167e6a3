using System.CommandLine;

namespace ResNetSharp.Cli;

/// <summary>The option of verbs that compute: with which numbers.</summary>
sealed class PrecisionOption : Option<string?>
{
    const string Integers = "int8";

    /// <param name="quantizes">Whether the verb can quantize a network by itself.</param>
    public PrecisionOption(bool quantizes = false) : base("--precision")
    {
        Description = "Numbers to compute with: fp32 by default, bf16 keeps images in half the memory, auto is bf16 where that is faster";
        HelpName = "fp32|bf16|auto";
        string[] values = ["fp32", "bf16", "auto"];
        if (quantizes)
        {
            Description += "; int8 for prediction alone";
            HelpName += $"|{Integers}";
            values = [.. values, Integers];
        }
        this.AcceptOnlyFromAmong(values);
    }

    /// <summary>What a text names; nothing names 32-bit numbers.</summary>
    public static Precision Named(string? text) => text switch
    {
        "bf16" => Precision.BFloat16,
        "auto" => Precision.Auto,
        _ => Precision.Float32,
    };

    /// <summary>Whether 8-bit integers were asked for.</summary>
    public bool IsQuantized(ParseResult parsed) => parsed.GetValue(this) == Integers;

    /// <summary>What was asked for.</summary>
    public Precision Of(ParseResult parsed) => Named(parsed.GetValue(this));
}
