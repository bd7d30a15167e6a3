using System.CommandLine;

namespace ResNetSharp.Cli;

/// <summary>The option of verbs that compute: with which numbers.</summary>
sealed class PrecisionOption : Option<string?>
{
    public PrecisionOption() : base("--precision")
    {
        Description = "Numbers to compute with: fp32 by default, bf16 halves the memory and is faster, auto is bf16 where the processor multiplies such numbers";
        HelpName = "fp32|bf16|auto";
        this.AcceptOnlyFromAmong("fp32", "bf16", "auto");
    }

    /// <summary>What a text names; nothing names 32-bit numbers.</summary>
    public static Precision Named(string? text) => text switch
    {
        "bf16" => Precision.BFloat16,
        "auto" => Precision.Auto,
        _ => Precision.Float32,
    };

    /// <summary>What was asked for.</summary>
    public Precision Of(ParseResult parsed) => Named(parsed.GetValue(this));
}
