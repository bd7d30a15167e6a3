using System.Diagnostics;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>
/// A Huffman code (ITU-T T.81, annex C), with a table that decodes short codes, and the bits of the number behind them, at one look.
/// A file usually repeats the tables of the file before, so defining the same code again costs a comparison.
/// </summary>
internal sealed unsafe class HuffmanTable
{
    /// <summary>Bits that the look-up table is indexed by.</summary>
    public const int LookBits = 10;

    /// <summary>The run in an entry that ends a block; more than any position plus any run.</summary>
    public const int EndOfBlock = 127;

    const int LongestCode = 16;

    readonly bool forAc;
    readonly byte[] counts = new byte[LongestCode + 1];
    readonly byte[] symbols = new byte[256];
    readonly int[] lookup = GC.AllocateArray<int>(1 << LookBits, pinned: true);
    readonly ushort[] symbolLookup = GC.AllocateArray<ushort>(1 << LookBits, pinned: true);
    readonly int[] limits = new int[LongestCode + 2];
    readonly int[] offsets = new int[LongestCode + 2];
    int symbolCount;
    bool codesAssigned;
    bool lookupFilled;
    bool symbolsFilled;

    /// <summary>Makes an empty table.</summary>
    /// <param name="forAc">Whether symbols are run and size (AC) or size alone (DC).</param>
    public HuffmanTable(bool forAc)
    {
        this.forAc = forAc;
        fixed (int* first = lookup) Lookup = first;
        fixed (ushort* first = symbolLookup) SymbolLookup = first;
    }

    /// <summary>Whether the table holds a code.</summary>
    public bool Defined { get; set; }

    /// <summary>
    /// The entries, by the next <see cref="LookBits"/> bits. Bits 0 to 3: bits used up. Bits 4 to 10: zeros before the coefficient.
    /// Bits 11 to 15: size of the number that follows, where it is not included. Bits 16 to 31: the number, where it is.
    /// An entry of 0 means a code that is longer, or none.
    /// </summary>
    public int* Lookup { get; }

    /// <summary>Symbol (low byte) and length of the code (high byte) by the next <see cref="LookBits"/> bits; 0 for a longer code or none.</summary>
    public ushort* SymbolLookup { get; }

    /// <summary>Takes a code as a file states it.</summary>
    /// <param name="codeCounts">The number of codes of 1 to 16 bits.</param>
    /// <param name="codeSymbols">Their symbols, shortest code first.</param>
    public void Define(ReadOnlySpan<byte> codeCounts, ReadOnlySpan<byte> codeSymbols)
    {
        Debug.Assert(codeCounts.Length == LongestCode && codeSymbols.Length <= symbols.Length);
        Defined = true;
        if (codesAssigned && codeCounts.SequenceEqual(counts.AsSpan(1)) && codeSymbols.SequenceEqual(symbols.AsSpan(0, symbolCount))) return;
        codeCounts.CopyTo(counts.AsSpan(1));
        codeSymbols.CopyTo(symbols);
        symbolCount = codeSymbols.Length;
        codesAssigned = lookupFilled = symbolsFilled = false;
    }

    /// <summary>Makes the code ready for decoding; false where it is no prefix code.</summary>
    /// <param name="forSymbols">Fills <see cref="SymbolLookup"/>, otherwise <see cref="Lookup"/>.</param>
    public bool TryBuild(bool forSymbols)
    {
        if (!codesAssigned && !TryAssignCodes()) return false;
        codesAssigned = true;
        if (forSymbols && !symbolsFilled) FillSymbolLookup();
        if (!forSymbols && !lookupFilled) FillLookup();
        return true;
    }

    /// <summary>Decodes one symbol the slow way; a code that does not exist counts as symbol 0 of 17 bits.</summary>
    /// <param name="bits">The next bits, the first one in the top bit.</param>
    /// <param name="length">The length of the code.</param>
    public int DecodeSlowly(ulong bits, out int length)
    {
        for (length = 1; length <= LongestCode; length++)
        {
            var code = (int)(bits >> (64 - length));
            if (code <= limits[length]) return symbols[code + offsets[length] & 0xFF];
        }
        return 0;
    }

    bool TryAssignCodes()
    {
        var code = 0;
        var index = 0;
        for (var length = 1; length <= LongestCode; length++)
        {
            offsets[length] = index - code;
            code += counts[length];
            index += counts[length];
            limits[length] = counts[length] == 0 ? -1 : code - 1;
            // No code may consist of ones only.
            if (code >= 1 << length) return false;
            code <<= 1;
        }
        return forAc || !symbols.AsSpan(0, symbolCount).ContainsAnyExceptInRange((byte)0, (byte)15);
    }

    void FillLookup()
    {
        Array.Clear(lookup);
        for (var length = 1; length <= LookBits; length++)
        {
            var first = limits[length] - counts[length] + 1;
            for (var code = first; code < first + counts[length]; code++)
            {
                var symbol = symbols[code + offsets[length]];
                var entries = lookup.AsSpan(code << (LookBits - length), 1 << (LookBits - length));
                for (var rest = 0; rest < entries.Length; rest++) entries[rest] = Entry(symbol, length, rest);
            }
        }
        lookupFilled = true;
    }

    void FillSymbolLookup()
    {
        Array.Clear(symbolLookup);
        for (var length = 1; length <= LookBits; length++)
        {
            var first = limits[length] - counts[length] + 1;
            for (var code = first; code < first + counts[length]; code++)
            {
                var entry = (ushort)(symbols[code + offsets[length]] | length << 8);
                symbolLookup.AsSpan(code << (LookBits - length), 1 << (LookBits - length)).Fill(entry);
            }
        }
        symbolsFilled = true;
    }

    int Entry(int symbol, int length, int rest)
    {
        var run = forAc ? symbol >> 4 : 0;
        var size = symbol & 15;
        if (size == 0) return length | (!forAc || run == 15 ? run : EndOfBlock) << 4;
        if (length + size > LookBits) return length | run << 4 | size << 11;
        var number = Extend(rest >> (LookBits - length - size), size);
        return length + size | run << 4 | number << 16;
    }

    /// <summary>The signed number that <paramref name="size"/> bits stand for (ITU-T T.81, figure F.12).</summary>
    public static int Extend(int bits, int size) => bits + (((bits >> (size - 1)) - 1) & (1 - (1 << size)));
}
