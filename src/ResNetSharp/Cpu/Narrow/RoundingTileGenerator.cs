using System.Runtime.InteropServices;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>
/// Tile kernels of single-precision numbers whose results, and what is added to them, are bfloat16; see <see cref="TileShape.RoundsByInstruction"/>.
/// </summary>
internal class RoundingTileGenerator(TileShape shape) : FloatTileGenerator(shape)
{
    const int HalfBits = 16;

    /// <summary>Bytes of a result.</summary>
    const int ResultBytes = sizeof(ushort);

    /// <summary>Compares for what is not a number.</summary>
    const byte Unordered = 3;

    bool IsWide => Asm.Lanes == Register512.Lanes;

    /// <summary>A register that is free once the sums are complete.</summary>
    int Addend => Temporaries;

    /// <summary>Whether the sums are wanted after all.</summary>
    bool WritesSums => Shape.Numbers == TileNumbers.BFloat16PairsToSums;

    protected override int ResultLines => WritesSums ? base.ResultLines : 1;

    protected override void Finish()
    {
        if (WritesSums)
        {
            base.Finish();
            return;
        }
        var code = Asm.Code;
        // k1 is the mask of the last register's results, k2 that of all results of a pixel.
        if (HasTail && IsWide)
        {
            Asm.SetMask(Shape.TailLanes, Temporaries, rax);
            code.mov(eax, (int)((1L << ((Shape.Vectors - 1) * Asm.Lanes + Shape.TailLanes)) - 1));
            code.kmovd(k2, eax);
        }
        if (!Shape.RoundsByInstruction) code.mov(rsi, Constants.Address);
        FinishRows(Weights, AddNarrow, Shape.RoundsByInstruction ? Store : IsWide ? StoreWide : StoreHalf);
    }

    void AddNarrow(int sum, int vector)
    {
        var offset = vector * Asm.Lanes * ResultBytes;
        if (IsWide)
        {
            var addend = VectorAssembler.Vector512(Addend);
            Asm.Code.vpmovzxwd(IsPartial(vector) ? addend.k1.z : addend, __ymmword_ptr[rdx + rbx + offset]);
            Asm.Code.vpslld(addend, addend, HalfBits);
        }
        else
        {
            var (addend, half) = (VectorAssembler.Vector256(Addend), VectorAssembler.Vector128(Addend));
            if (IsPartial(vector))
            {
                Asm.Zero(Addend);
                for (var i = 0; i < Shape.TailLanes; i++) Asm.Code.vpinsrw(half, half, __word_ptr[rdx + rbx + offset + i * ResultBytes], (byte)i);
                Asm.Code.vpmovzxwd(addend, half);
            }
            else
            {
                Asm.Code.vpmovzxwd(addend, __xmmword_ptr[rdx + rbx + offset]);
            }
            Asm.Code.vpslld(addend, addend, HalfBits);
        }
        Asm.Add(sum, sum, Addend);
    }

    /// <summary>Rounds and writes the results of a pixel.</summary>
    void Store(int first)
    {
        var code = Asm.Code;
        if (Shape.Vectors == 1)
        {
            var half = VectorAssembler.Vector256(Addend);
            code.vcvtneps2bf16(half, VectorAssembler.Vector512(first));
            var place = __ymmword_ptr[rcx + rbx];
            code.vmovdqu16(HasTail ? place.k2 : place, half);
            return;
        }
        var both = VectorAssembler.Vector512(Addend);
        code.vcvtne2ps2bf16(both, VectorAssembler.Vector512(first + 1), VectorAssembler.Vector512(first));
        var to = __zmmword_ptr[rcx + rbx];
        if (Shape.Streams && !HasTail) code.vmovntdq(to, both);
        else code.vmovdqu16(HasTail ? to.k2 : to, both);
    }

    /// <summary>The same by integer arithmetic, as <see cref="BFloat16.FromFloat(float)"/> does it. The sums stay as they are.</summary>
    void StoreWide(int first)
    {
        var code = Asm.Code;
        var (upper, bits) = (VectorAssembler.Vector512(Temporaries), VectorAssembler.Vector512(Temporaries + 1));
        for (var v = 0; v < Shape.Vectors; v++)
        {
            var sum = VectorAssembler.Vector512(first + v);
            code.vpsrld(upper, sum, HalfBits);
            code.vpandd(bits, upper, __zmmword_ptr[rsi + Constants.One]);
            code.vpaddd(bits, bits, __zmmword_ptr[rsi + Constants.LessThanHalf]);
            code.vpaddd(bits, bits, sum);
            code.vpsrld(bits, bits, HalfBits);
            code.vcmpps(k3, sum, sum, Unordered);
            code.vpord(bits.k3, upper, __zmmword_ptr[rsi + Constants.QuietBit]);
            var place = __ymmword_ptr[rcx + rbx + v * Asm.Lanes * ResultBytes];
            code.vpmovdw(IsPartial(v) ? place.k1 : place, bits);
        }
    }

    /// <summary>The same with half as wide registers; what is not a number becomes another such.</summary>
    void StoreHalf(int first)
    {
        const int PartsInOrder = 0b11_01_10_00;
        var code = Asm.Code;
        // The registers of the weights are next to each other and to the temporary ones, and the first is zero for a ReLU.
        var isNone = VectorAssembler.Vector256(Shape.Vectors == 1 ? Temporaries + 1 : Weights + 1);
        for (var v = 0; v < Shape.Vectors; v++)
        {
            var (rounded, sum) = (VectorAssembler.Vector256(Temporaries + v), VectorAssembler.Vector256(first + v));
            code.vpsrld(rounded, sum, HalfBits);
            code.vpand(rounded, rounded, __ymmword_ptr[rsi + Constants.One]);
            code.vpaddd(rounded, rounded, __ymmword_ptr[rsi + Constants.LessThanHalf]);
            code.vpaddd(rounded, rounded, sum);
            code.vpsrld(rounded, rounded, HalfBits);
            code.vcmpps(isNone, sum, sum, Unordered);
            code.vpsrld(isNone, isNone, HalfBits);
            code.vpor(rounded, rounded, isNone);
        }
        var joined = VectorAssembler.Vector256(Temporaries);
        // The halves of both registers are joined by themselves.
        code.vpackusdw(joined, joined, VectorAssembler.Vector256(Temporaries + Shape.Vectors - 1));
        code.vpermq(joined, joined, PartsInOrder);
        var half = VectorAssembler.Vector128(Temporaries);
        if (HasTail)
        {
            if (Shape.Vectors > 1)
            {
                code.vmovdqu(__xmmword_ptr[rcx + rbx], half);
                code.vextracti128(half, joined, 1);
            }
            var tail = (Shape.Vectors - 1) * Asm.Lanes;
            for (var i = 0; i < Shape.TailLanes; i++) code.vpextrw(__word_ptr[rcx + rbx + (tail + i) * ResultBytes], half, (byte)i);
        }
        else if (Shape.Vectors == 1) code.vmovdqu(__xmmword_ptr[rcx + rbx], half);
        else code.vmovdqu(__ymmword_ptr[rcx + rbx], joined);
    }

    /// <summary>Numbers for every lane of a register; they live as long as the process, since code holds their address.</summary>
    static unsafe class Constants
    {
        public const int One = 0, LessThanHalf = One + NativeBuffer.Alignment, QuietBit = LessThanHalf + NativeBuffer.Alignment;

        static readonly byte* numbers = Make();

        public static long Address => (long)numbers;

        static byte* Make()
        {
            var memory = (byte*)NativeMemory.AlignedAlloc(QuietBit + NativeBuffer.Alignment, NativeBuffer.Alignment);
            new Span<uint>(memory + One, Register512.Lanes).Fill(1);
            new Span<uint>(memory + LessThanHalf, Register512.Lanes).Fill(BFloat16.LessThanHalf);
            new Span<uint>(memory + QuietBit, Register512.Lanes).Fill(BFloat16.QuietBit);
            return memory;
        }
    }
}
