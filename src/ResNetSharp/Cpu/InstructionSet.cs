using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using ResNetSharp.Cpu.Jit;

namespace ResNetSharp.Cpu;

/// <summary>The kinds of kernels there are, from the one that runs everywhere to the fastest.</summary>
internal enum InstructionSet
{
    /// <summary>Plain C# with <see cref="System.Numerics.Vector{T}"/>.</summary>
    Portable,

    /// <summary>Generated machine code with 256-bit fused multiply-add.</summary>
    Avx2,

    /// <summary>Generated machine code with 512-bit fused multiply-add.</summary>
    Avx512,

    /// <summary>The same, and products of pairs of bfloat16 numbers in these registers (AVX512-BF16).</summary>
    Avx512BFloat16,

    /// <summary>The same, and matrix tiles (AMX) for bfloat16 and 8-bit numbers.</summary>
    Amx,
}

/// <summary>Which kernels this machine can run, and which ones are used.</summary>
internal static class InstructionSets
{
    /// <summary>The environment variable that forces a path: portable, avx2, avx512, avx512bf16, amx or auto.</summary>
    public const string Variable = "RESNETSHARP_ISA";

    static readonly Lazy<InstructionSet> selected = new(() => Select(Environment.GetEnvironmentVariable(Variable)));

    /// <summary>The path that kernels use unless told otherwise; read once from <see cref="Variable"/>.</summary>
    /// <exception cref="NotSupportedException">The variable names an unknown path, or one that this machine cannot run.</exception>
    public static InstructionSet Selected => selected.Value;

    /// <summary>The fastest path this machine can run.</summary>
    public static InstructionSet Best =>
        IsSupported(InstructionSet.Amx) ? InstructionSet.Amx
        : IsSupported(InstructionSet.Avx512BFloat16) && !NarrowArithmetic.HasSlowVectorBFloat16 ? InstructionSet.Avx512BFloat16
        : IsSupported(InstructionSet.Avx512) ? InstructionSet.Avx512
        : IsSupported(InstructionSet.Avx2) ? InstructionSet.Avx2
        : InstructionSet.Portable;

    /// <summary>Why generated code cannot be used here, or null where it can.</summary>
    public static string? WhyPortable =>
        RuntimeInformation.ProcessArchitecture != Architecture.X64 ? $"the processor is {RuntimeInformation.ProcessArchitecture}, not x64"
        : !(Avx2.IsSupported && Fma.IsSupported) ? "the processor has no AVX2 with fused multiply-add"
        : ExecutableMemory.WhyUnavailable;

    /// <summary>Whether this machine can run a path.</summary>
    public static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Portable => true,
        InstructionSet.Avx2 => WhyPortable is null,
        InstructionSet.Avx512 => WhyPortable is null && Avx512F.IsSupported && Avx512DQ.IsSupported && Avx512BW.IsSupported,
        InstructionSet.Avx512BFloat16 => IsSupported(InstructionSet.Avx512) && NarrowArithmetic.HasVectorBFloat16,
        InstructionSet.Amx => IsSupported(InstructionSet.Avx512) && NarrowArithmetic.WhyNoTiles is null,
        _ => false,
    };

    /// <summary>The path that a value of <see cref="Variable"/> asks for.</summary>
    /// <exception cref="NotSupportedException">The value is unknown, or this machine cannot run the path.</exception>
    public static InstructionSet Select(string? value)
    {
        var set = value?.Trim().ToLowerInvariant() switch
        {
            null or "" or "auto" => Best,
            "portable" => InstructionSet.Portable,
            "avx2" => InstructionSet.Avx2,
            "avx512" => InstructionSet.Avx512,
            "avx512bf16" => InstructionSet.Avx512BFloat16,
            "amx" => InstructionSet.Amx,
            _ => throw new NotSupportedException($"{Variable} is '{value}'; use portable, avx2, avx512, avx512bf16, amx or auto."),
        };
        if (!IsSupported(set))
        {
            throw new NotSupportedException($"{Variable} is '{value}', but {WhyNot(set)}; use auto.");
        }
        return set;
    }

    static string WhyNot(InstructionSet set) =>
        WhyPortable
        ?? (!IsSupported(InstructionSet.Avx512) ? "the processor has no AVX-512" : null)
        ?? (set == InstructionSet.Amx ? NarrowArithmetic.WhyNoTiles : null)
        ?? "the processor has no AVX512-BF16";
}
