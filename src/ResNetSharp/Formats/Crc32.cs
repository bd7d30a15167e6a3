using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Formats;

/// <summary>
/// The cyclic redundancy check of zip archives and PNG pictures (polynomial 0x04C11DB7, reflected). With carry-less multiplication, 64 bytes at
/// a time are folded as in V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction"; otherwise, and for the
/// rest, eight bytes at a time are looked up.
/// </summary>
internal static class Crc32
{
    const int FoldedBlock = 64;

    // Entry k * 256 + b: the change by byte b that k zero bytes follow.
    static readonly uint[] Tables = MakeTables();

    /// <summary>Continues a check; the check of nothing is 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        if (!Pclmulqdq.IsSupported || bytes.Length < FoldedBlock) return AppendByTable(crc, bytes);
        var folded = bytes.Length & -16;
        return AppendByTable(~Fold(~crc, bytes[..folded]), bytes[folded..]);
    }

    /// <summary>The same without carry-less multiplication.</summary>
    internal static uint AppendByTable(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        var tables = Tables;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            var mixed = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = tables[7 * 256 + (byte)mixed] ^ tables[6 * 256 + (byte)(mixed >> 8)]
                ^ tables[5 * 256 + (byte)(mixed >> 16)] ^ tables[4 * 256 + (byte)(mixed >> 24)]
                ^ tables[3 * 256 + (byte)(mixed >> 32)] ^ tables[2 * 256 + (byte)(mixed >> 40)]
                ^ tables[256 + (byte)(mixed >> 48)] ^ tables[(byte)(mixed >> 56)];
        }
        foreach (var b in bytes) crc = (crc >> 8) ^ tables[(byte)(crc ^ b)];
        return ~crc;
    }

    // The constants are x^n modulo the polynomial for the distances folded over: 544, 480, 160, 96 and 64 bits.
    static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        var far = Vector128.Create(0x0154442BD4UL, 0x01C6E41596UL);
        var near = Vector128.Create(0x01751997D0UL, 0x00CCAA009EUL);
        var last = Vector128.Create(0x0163CD6124UL, 0UL);
        var polynomial = Vector128.Create(0x01DB710641UL, 0x01F7011641UL);
        var lowWords = Vector128.Create(0xFFFFFFFFUL, 0xFFFFFFFFUL);

        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var (a, b, c, d) = (blocks[0] ^ Vector128.CreateScalar((ulong)crc), blocks[1], blocks[2], blocks[3]);
        for (blocks = blocks[4..]; blocks.Length >= 4; blocks = blocks[4..])
        {
            a = Step(a, far) ^ blocks[0];
            b = Step(b, far) ^ blocks[1];
            c = Step(c, far) ^ blocks[2];
            d = Step(d, far) ^ blocks[3];
        }
        a = Step(a, near) ^ b;
        a = Step(a, near) ^ c;
        a = Step(a, near) ^ d;
        foreach (var block in blocks) a = Step(a, near) ^ block;

        a = Pclmulqdq.CarrylessMultiply(a, near, 0x10) ^ Sse2.ShiftRightLogical128BitLane(a, 8);
        a = Pclmulqdq.CarrylessMultiply(a & lowWords, last, 0x00) ^ Sse2.ShiftRightLogical128BitLane(a, 4);
        var quotient = Pclmulqdq.CarrylessMultiply(a & lowWords, polynomial, 0x10);
        return (a ^ Pclmulqdq.CarrylessMultiply(quotient & lowWords, polynomial, 0x00)).AsUInt32()[1];
    }

    static Vector128<ulong> Step(Vector128<ulong> block, Vector128<ulong> distance) =>
        Pclmulqdq.CarrylessMultiply(block, distance, 0x00) ^ Pclmulqdq.CarrylessMultiply(block, distance, 0x11);

    static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
            tables[i] = crc;
        }
        for (int i = 256; i < tables.Length; i++) tables[i] = tables[(byte)tables[i - 256]] ^ (tables[i - 256] >> 8);
        return tables;
    }
}
