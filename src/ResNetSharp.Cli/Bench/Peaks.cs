using ResNetSharp.Cpu;

namespace ResNetSharp.Cli.Bench;

/// <summary>The most that this machine does in a second, measured when asked.</summary>
sealed class Peaks
{
    readonly Dictionary<ElementType, double> operations = [];

    /// <summary>Bytes read from memory.</summary>
    public double Bytes { get; } = MachinePeak.ReadGigabytes(Processor.Workers) * 1e9;

    /// <summary>Operations on numbers of a type, two for a multiply-add; those of 32 bits where the processor has none of its own for the type, or slower ones.</summary>
    public double Operations(ElementType type)
    {
        if (!operations.TryGetValue(type, out var found)) operations[type] = found = Measure(type) * 1e9;
        return found;
    }

    static double Measure(ElementType type)
    {
        var (workers, set) = (Processor.Workers, InstructionSets.Selected);
        double? narrow = type switch
        {
            ElementType.Float32 or ElementType.Int32 => null,
            ElementType.BFloat16 => MachinePeak.GigaOperations(workers, set, NarrowType.BFloat16),
            _ => MachinePeak.GigaOperations(workers, set, NarrowType.Int8),
        };
        return Math.Max(narrow ?? 0, MachinePeak.GigaFlops(workers, set));
    }
}
