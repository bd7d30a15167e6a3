namespace ResNetSharp.Cpu;

/// <summary>
/// How fast a kind of registers multiplies and transforms, in processor cycles, and how large a gain has to look before it is one; fitted to
/// layers of 16 to 512 channels (`conv 2 3x3` of the benchmarks, with the algorithm wherever it applies, and without).
/// </summary>
/// <param name="RegistersPerCycle">Registers of products that forward kernels reach.</param>
/// <param name="LargeTile">Transforming a register of a tile of F(4x4, 3x3), of the source or of the result.</param>
/// <param name="SmallTile">The same for F(2x2, 3x3).</param>
/// <param name="WorthIt">The share of the direct way's time below which F(4x4, 3x3) is faster; where it is a draw, the direct way rounds less.</param>
/// <param name="WorthItSmall">The same for F(2x2, 3x3).</param>
/// <param name="GradientRegistersPerCycle">Registers of products that direct weight gradients reach.</param>
/// <param name="GradientPointsPerCycle">Registers of products that transformed weight gradients reach.</param>
/// <param name="GradientTile">Transforming a register of a tile for weight gradients.</param>
internal sealed record WinogradCosts(
    double RegistersPerCycle, double LargeTile, double SmallTile, double WorthIt, double WorthItSmall,
    double GradientRegistersPerCycle, double GradientPointsPerCycle, double GradientTile)
{
    static readonly WinogradCosts half = new(2 * 0.85, 450, 130, 0.62, 0.75, 2 * 0.88, 2 * 0.7, 200);

    /// <summary>Fitted to Intel's Sapphire Rapids.</summary>
    static readonly WinogradCosts whole = new(2 * 0.85, 250, 90, 0.62, 0.75, 2 * 0.88, 2 * 0.7, 200);

    /// <summary>Fitted to AMD's Zen 5: direct kernels come closer to the peak, and a transform waits longer for what it reads.</summary>
    static readonly WinogradCosts wholeOfAmd = new(2 * 0.85, 450, 150, 0.8, 0.75, 2 * 0.88, 2 * 0.7, 350);

    /// <summary>Products take twice as long, so transforms weigh less; and direct kernels come closer to the peak.</summary>
    static readonly WinogradCosts split = new(0.92, 400, 250, 0.85, 0.85, 0.95, 0.85, 450);

    /// <summary>The costs of a kind of kernels here.</summary>
    public static WinogradCosts Of(InstructionSet set) =>
        TileKernel.Lanes(set) != Register512.Lanes ? half
        : ProcessorKind.SplitsWideRegisters ? split
        : ProcessorKind.IsIntel ? whole
        : wholeOfAmd;
}
