using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>
/// Reads bits from entropy-coded bytes without stuffing. There is no check for the end: the bytes are followed by enough zeros
/// for one whole MCU, and <see cref="Overrun"/> tells afterwards whether they were needed.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal unsafe struct BitReader
{
    /// <summary>Bits read ahead, the next one in the top bit.</summary>
    public ulong Bits;

    /// <summary>How many of <see cref="Bits"/> are valid.</summary>
    public int Count;

    /// <summary>The byte to read next.</summary>
    public byte* Next;

    /// <summary>The end of the data.</summary>
    public byte* End;

    /// <summary>Starts at the first bit of some bytes.</summary>
    public BitReader(byte* first, byte* end)
    {
        Next = first;
        End = end;
    }

    /// <summary>Whether more bits were taken than there were.</summary>
    public readonly bool Overrun => Next - (Count >> 3) > End;

    /// <summary>Reads ahead, so that at least 56 bits are there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Refill() => Refill(ref Bits, ref Count, ref Next);

    /// <summary>Reads ahead where the reader is kept in variables.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Refill(ref ulong bits, ref int count, ref byte* next)
    {
        var word = *(ulong*)next;
        if (BitConverter.IsLittleEndian) word = BinaryPrimitives.ReverseEndianness(word);
        bits |= word >> count;
        next += (63 - count) >> 3;
        count |= 56;
    }

    /// <summary>Takes one to sixteen bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int size)
    {
        if (Count < size) Refill();
        var value = (int)(Bits >> (64 - size));
        Bits <<= size;
        Count -= size;
        return value;
    }

    /// <summary>Takes the signed number of a size of zero to fifteen bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSigned(int size) => size == 0 ? 0 : HuffmanTable.Extend(Take(size), size);

    /// <summary>Decodes one symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSymbol(HuffmanTable table)
    {
        if (Count < 32) Refill();
        int entry = table.SymbolLookup[Bits >> (64 - HuffmanTable.LookBits)];
        var length = entry >> 8;
        var symbol = entry & 0xFF;
        if (entry == 0) symbol = table.DecodeSlowly(Bits, out length);
        Bits <<= length;
        Count -= length;
        return symbol;
    }
}
