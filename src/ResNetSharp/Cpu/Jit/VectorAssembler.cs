using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu.Jit;

/// <summary>
/// Writes vector code once for both register widths: numbered vector registers, loads, stores and arithmetic become AVX-512 or AVX2
/// instructions. Generated functions take one pointer, return nothing and keep every register that the platform's callers rely on.
/// </summary>
internal sealed class VectorAssembler
{
    readonly bool wide;
    readonly AssemblerRegister64[] saved;
    int frameBytes;

    /// <summary>Starts an empty function.</summary>
    /// <param name="set">AVX2 or better.</param>
    public VectorAssembler(InstructionSet set)
    {
        if (set < InstructionSet.Avx2) throw new ArgumentOutOfRangeException(nameof(set));
        wide = set >= InstructionSet.Avx512;
        saved = [rbx, rbp, r12, r13, r14, r15];
        if (OperatingSystem.IsWindows()) saved = [.. saved, rsi, rdi];
    }

    /// <summary>General instructions and labels.</summary>
    public Assembler Code { get; } = new(64);

    /// <summary>Numbers in one register.</summary>
    public int Lanes => wide ? 16 : 8;

    /// <summary>Bytes in one register.</summary>
    public int VectorBytes => Lanes * sizeof(float);

    /// <summary>Vector registers there are.</summary>
    public int Registers => wide ? 32 : 16;

    /// <summary>The register that holds the function's argument at its start.</summary>
    public static AssemblerRegister64 Argument => OperatingSystem.IsWindows() ? rcx : rdi;

    /// <summary>A register of 512 bits by its number.</summary>
    public static AssemblerRegisterZMM Vector512(int index) => new(Register.ZMM0 + index);

    /// <summary>A register of 256 bits by its number.</summary>
    public static AssemblerRegisterYMM Vector256(int index) => new(Register.YMM0 + index);

    /// <summary>A register of 128 bits by its number.</summary>
    public static AssemblerRegisterXMM Vector128(int index) => new(Register.XMM0 + index);

    /// <summary>The general registers that a function may use after <see cref="Enter"/>: all but the stack pointer.</summary>
    public static IReadOnlyList<AssemblerRegister64> GeneralRegisters { get; } =
        [rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];

    /// <summary>Saves the caller's registers and makes room on the stack for local words, addressed upwards from the stack pointer.</summary>
    public void Enter(int localBytes)
    {
        foreach (var register in saved) Code.push(register);
        var vectors = OperatingSystem.IsWindows() ? 10 * 16 : 0;
        frameBytes = (localBytes + 15) / 16 * 16 + vectors + 8;
        Code.sub(rsp, frameBytes);
        for (var i = 0; i < vectors / 16; i++) Emit(Instruction.Create(Iced.Intel.Code.VEX_Vmovups_xmmm128_xmm, Low(6 + i), Register.XMM6 + i));
    }

    /// <summary>Restores the caller's registers and returns.</summary>
    public void Leave()
    {
        if (OperatingSystem.IsWindows())
        {
            for (var i = 0; i < 10; i++) Emit(Instruction.Create(Iced.Intel.Code.VEX_Vmovups_xmm_xmmm128, Register.XMM6 + i, Low(6 + i)));
        }
        Code.vzeroupper();
        Code.add(rsp, frameBytes);
        for (var i = saved.Length - 1; i >= 0; i--) Code.pop(saved[i]);
        Code.ret();
    }

    /// <summary>Makes executable code of everything written.</summary>
    public ExecutableMemory Build()
    {
        var stream = new MemoryStream();
        Code.Assemble(new StreamCodeWriter(stream), 0);
        return new ExecutableMemory(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    public void Zero(int v) =>
        Emit(wide
            ? Instruction.Create(Iced.Intel.Code.EVEX_Vpxord_zmm_k1z_zmm_zmmm512b32, Vector(v), Vector(v), Vector(v))
            : Instruction.Create(Iced.Intel.Code.VEX_Vxorps_ymm_ymm_ymmm256, Vector(v), Vector(v), Vector(v)));

    public void Copy(int to, int from) =>
        Emit(Instruction.Create(wide ? Iced.Intel.Code.EVEX_Vmovaps_zmm_k1z_zmmm512 : Iced.Intel.Code.VEX_Vmovaps_ymm_ymmm256, Vector(to), Vector(from)));

    public void Load(int v, MemoryOperand from) =>
        Emit(Instruction.Create(wide ? Iced.Intel.Code.EVEX_Vmovups_zmm_k1z_zmmm512 : Iced.Intel.Code.VEX_Vmovups_ymm_ymmm256, Vector(v), from));

    public void Store(MemoryOperand to, int v) =>
        Emit(Instruction.Create(wide ? Iced.Intel.Code.EVEX_Vmovups_zmmm512_k1z_zmm : Iced.Intel.Code.VEX_Vmovups_ymmm256_ymm, to, Vector(v)));

    /// <summary>Writes past the caches, to whole registers' places.</summary>
    public void StoreStreaming(MemoryOperand to, int v) =>
        Emit(Instruction.Create(wide ? Iced.Intel.Code.EVEX_Vmovntps_m512_zmm : Iced.Intel.Code.VEX_Vmovntps_m256_ymm, to, Vector(v)));

    /// <summary>Makes <see cref="LoadMasked"/> and <see cref="StoreMasked"/> touch the first lanes only.</summary>
    /// <param name="lanes">How many.</param>
    /// <param name="maskVector">A vector register to hold the mask, where the processor has no mask registers.</param>
    /// <param name="temporary">A general register to overwrite.</param>
    public void SetMask(int lanes, int maskVector, AssemblerRegister64 temporary)
    {
        if (wide)
        {
            Code.mov(temporary, (1L << lanes) - 1);
            Emit(Instruction.Create(Iced.Intel.Code.VEX_Kmovd_kr_r32, Register.K1, Low32(temporary)));
            return;
        }
        Code.mov(temporary, LaneMasks.For(lanes));
        Load(maskVector, new MemoryOperand(temporary));
    }

    /// <summary>Loads the lanes of the mask, and zero in the others.</summary>
    public void LoadMasked(int v, MemoryOperand from, int maskVector)
    {
        if (!wide)
        {
            Emit(Instruction.Create(Iced.Intel.Code.VEX_Vmaskmovps_ymm_ymm_m256, Vector(v), Vector(maskVector), from));
            return;
        }
        var load = Instruction.Create(Iced.Intel.Code.EVEX_Vmovups_zmm_k1z_zmmm512, Vector(v), from);
        load.OpMask = Register.K1;
        load.ZeroingMasking = true;
        Emit(load);
    }

    public void StoreMasked(MemoryOperand to, int v, int maskVector)
    {
        if (!wide)
        {
            Emit(Instruction.Create(Iced.Intel.Code.VEX_Vmaskmovps_m256_ymm_ymm, to, Vector(maskVector), Vector(v)));
            return;
        }
        var store = Instruction.Create(Iced.Intel.Code.EVEX_Vmovups_zmmm512_k1z_zmm, to, Vector(v));
        store.OpMask = Register.K1;
        Emit(store);
    }

    /// <summary>One number from memory into every lane.</summary>
    public void Broadcast(int v, MemoryOperand from) =>
        Emit(Instruction.Create(wide ? Iced.Intel.Code.EVEX_Vbroadcastss_zmm_k1z_xmmm32 : Iced.Intel.Code.VEX_Vbroadcastss_ymm_m32, Vector(v), from));

    /// <summary>sum += a * b.</summary>
    public void MultiplyAdd(int sum, int a, int b) =>
        Emit(Instruction.Create(MultiplyAddCode, Vector(sum), Vector(a), Vector(b)));

    /// <summary>sum += a * (one number from memory); AVX-512 only. The operand must be made for a broadcast.</summary>
    public void MultiplyAddBroadcast(int sum, int a, MemoryOperand b) =>
        Emit(Instruction.Create(MultiplyAddCode, Vector(sum), Vector(a), b));

    /// <summary>sum += the products of four unsigned bytes and four signed ones, in every lane; VNNI only. Without AVX-512 it has an encoding of its own.</summary>
    public void MultiplyAddBytes(int sum, int unsignedBytes, int signedBytes) =>
        Emit(Instruction.Create(
            wide ? Iced.Intel.Code.EVEX_Vpdpbusd_zmm_k1z_zmm_zmmm512b32
            : NarrowArithmetic.HasAvxVnni ? Iced.Intel.Code.VEX_Vpdpbusd_ymm_ymm_ymmm256
            : Iced.Intel.Code.EVEX_Vpdpbusd_ymm_k1z_ymm_ymmm256b32,
            Vector(sum), Vector(unsignedBytes), Vector(signedBytes)));

    public void Add(int sum, int a, int b) => Emit(Instruction.Create(AddCode, Vector(sum), Vector(a), Vector(b)));

    public void Add(int sum, int a, MemoryOperand b) => Emit(Instruction.Create(AddCode, Vector(sum), Vector(a), b));

    public void Subtract(int result, int a, int b) =>
        Emit(Instruction.Create(
            wide ? Iced.Intel.Code.EVEX_Vsubps_zmm_k1z_zmm_zmmm512b32_er : Iced.Intel.Code.VEX_Vsubps_ymm_ymm_ymmm256, Vector(result), Vector(a), Vector(b)));

    /// <summary>The larger of both; where one is not a number, <paramref name="b"/>.</summary>
    public void Max(int result, int a, int b) =>
        Emit(Instruction.Create(
            wide ? Iced.Intel.Code.EVEX_Vmaxps_zmm_k1z_zmm_zmmm512b32_sae : Iced.Intel.Code.VEX_Vmaxps_ymm_ymm_ymmm256, Vector(result), Vector(a), Vector(b)));

    /// <summary>Moves every lane to the one whose number differs by a single bit: to neighbours at a distance of 1, 2 or 4.</summary>
    public void SwapLanes(int to, int from, int distance)
    {
        const byte Neighbours = 0b10_11_00_01, Pairs = 0b01_00_11_10, Halves = 1;
        if (distance == 4)
        {
            Emit(wide
                ? Instruction.Create(Iced.Intel.Code.EVEX_Vshuff32x4_zmm_k1z_zmm_zmmm512b32_imm8, Vector(to), Vector(from), Vector(from), (int)Neighbours)
                : Instruction.Create(Iced.Intel.Code.VEX_Vperm2f128_ymm_ymm_ymmm256_imm8, Vector(to), Vector(from), Vector(from), (int)Halves));
            return;
        }
        Emit(Instruction.Create(
            wide ? Iced.Intel.Code.EVEX_Vpermilps_zmm_k1z_zmmm512b32_imm8 : Iced.Intel.Code.VEX_Vpermilps_ymm_ymmm256_imm8,
            Vector(to), Vector(from), (int)(distance == 1 ? Neighbours : Pairs)));
    }

    /// <summary>Whether <see cref="MultiplyAddBroadcast"/> exists.</summary>
    public bool HasEmbeddedBroadcast => wide;

    /// <summary>The memory at a register plus a constant.</summary>
    public static MemoryOperand At(AssemblerRegister64 register, int offset, bool broadcast = false) =>
        new(register, Register.None, 1, offset, offset == 0 ? 0 : 1, broadcast, Register.None);

    /// <summary>The memory at the sum of two registers plus a constant.</summary>
    public static MemoryOperand At(AssemblerRegister64 register, AssemblerRegister64 index, int offset, bool broadcast = false) =>
        new(register, index, 1, offset, offset == 0 ? 0 : 1, broadcast, Register.None);

    Code MultiplyAddCode => wide ? Iced.Intel.Code.EVEX_Vfmadd231ps_zmm_k1z_zmm_zmmm512b32_er : Iced.Intel.Code.VEX_Vfmadd231ps_ymm_ymm_ymmm256;

    Code AddCode => wide ? Iced.Intel.Code.EVEX_Vaddps_zmm_k1z_zmm_zmmm512b32_er : Iced.Intel.Code.VEX_Vaddps_ymm_ymm_ymmm256;

    void Emit(Instruction instruction) => Code.AddInstruction(instruction);

    Register Vector(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Registers);
        return (wide ? Register.ZMM0 : Register.YMM0) + index;
    }

    MemoryOperand Low(int xmm) => At(rsp, frameBytes - 8 - 160 + (xmm - 6) * 16);

    static Register Low32(AssemblerRegister64 register) => register.Value - Register.RAX + Register.EAX;

    /// <summary>Masks for processors without mask registers; they live as long as the process, since code holds their addresses.</summary>
    static unsafe class LaneMasks
    {
        const int Lanes = 8;
        static readonly int* masks = Make();

        public static long For(int lanes) => (long)(masks + Lanes - lanes);

        static int* Make()
        {
            var memory = (int*)NativeMemory.AlignedAlloc(2 * Lanes * sizeof(int), NativeBuffer.Alignment);
            for (var i = 0; i < 2 * Lanes; i++) memory[i] = i < Lanes ? -1 : 0;
            return memory;
        }
    }
}
