using System.Runtime.CompilerServices;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>Decodes the scans of a progressive picture (ITU-T T.81, annex G) into the components' coefficients.</summary>
internal sealed unsafe class ProgressiveScan(EntropyReader entropy) : JpegScan(entropy)
{
    const int HighestBit = 13;

    int emptyBlocks;

    /// <inheritdoc/>
    protected override void Begin(int offset)
    {
        var (first, last, high, low) = Band;
        var sound = first == 0 ? last == 0 : first <= last && last < 64 && Components.Length == 1;
        if (!sound || low > HighestBit || (high != 0 && high - 1 != low))
            throw JpegError.At($"a progressive scan cannot have coefficients {first} to {last}, bits {high} to {low}", offset);
        foreach (var component in Components)
        {
            if (first == 0 && high != 0) continue;
            var table = first == 0 ? component.DcTable : component.AcTable;
            if (!table.Defined) throw JpegError.At("the scan names a Huffman table that is not defined", offset);
            if (!table.TryBuild(true)) throw JpegError.At("a Huffman table is no prefix code", offset);
        }
    }

    /// <inheritdoc/>
    protected override void ResetPredictions()
    {
        base.ResetPredictions();
        emptyBlocks = 0;
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(JpegComponent component, int column, int row)
    {
        var block = component.Coefficients + ((long)row * component.StoredBlocksAcross + column) * 64;
        if (Entropy.Insufficient) return;
        if (Band.First == 0)
        {
            if (Band.HighBit == 0) DecodeDc(component, block);
            else if (Entropy.Bits.Take(1) != 0) block[0] |= (short)(1 << Band.LowBit);
        }
        else if (Band.HighBit == 0)
        {
            DecodeAc(component.AcTable, block);
        }
        else
        {
            RefineAc(component.AcTable, block);
        }
    }

    void DecodeDc(JpegComponent component, short* block)
    {
        var size = Entropy.Bits.TakeSymbol(component.DcTable);
        component.Prediction += Entropy.Bits.TakeSigned(size);
        block[0] = (short)(component.Prediction << Band.LowBit);
    }

    void DecodeAc(HuffmanTable table, short* block)
    {
        if (emptyBlocks > 0)
        {
            emptyBlocks--;
            return;
        }
        var bits = Entropy.Bits;
        var (first, last, _, low) = Band;
        fixed (byte* order = JpegTables.NaturalOrder)
        {
            for (var k = first; k <= last; k++)
            {
                var symbol = bits.TakeSymbol(table);
                var (run, size) = (symbol >> 4, symbol & 15);
                if (size == 0 && run != 15)
                {
                    emptyBlocks = TakeEmptyBlocks(ref bits, run) - 1;
                    break;
                }
                k += run;
                if (size != 0) block[order[k]] = (short)(bits.TakeSigned(size) << low);
            }
        }
        Entropy.Bits = bits;
    }

    void RefineAc(HuffmanTable table, short* block)
    {
        var bits = Entropy.Bits;
        var band = Band;
        var k = band.First;
        if (emptyBlocks == 0)
        {
            for (; k <= band.Last; k++)
            {
                var symbol = bits.TakeSymbol(table);
                var (run, size) = (symbol >> 4, symbol & 15);
                if (size == 0 && run != 15)
                {
                    emptyBlocks = TakeEmptyBlocks(ref bits, run);
                    break;
                }
                var fresh = size == 0 ? 0 : bits.Take(1) != 0 ? 1 << band.LowBit : -1 << band.LowBit;
                k = RefineUntilZeros(ref bits, band, block, k, run);
                if (fresh != 0) block[JpegTables.NaturalOrder[k]] = (short)fresh;
            }
        }
        if (emptyBlocks > 0)
        {
            RefineUntilZeros(ref bits, band, block, k, 64);
            emptyBlocks--;
        }
        Entropy.Bits = bits;
    }

    // Corrects coefficients that are not zero, passes over so many that are, and stops at the next zero one or behind the band.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int RefineUntilZeros(ref BitReader bits, ScanBand band, short* block, int k, int zeros)
    {
        var bit = 1 << band.LowBit;
        fixed (byte* order = JpegTables.NaturalOrder)
        {
            for (; k <= band.Last; k++)
            {
                var coefficient = block + order[k];
                if (*coefficient == 0)
                {
                    if (--zeros < 0) break;
                }
                else if (bits.Take(1) != 0 && (*coefficient & bit) == 0)
                {
                    *coefficient += (short)(*coefficient >= 0 ? bit : -bit);
                }
            }
        }
        return k;
    }

    static int TakeEmptyBlocks(ref BitReader bits, int size) => (1 << size) + (size == 0 ? 0 : bits.Take(size));
}
