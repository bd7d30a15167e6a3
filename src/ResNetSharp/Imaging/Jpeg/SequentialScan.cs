namespace ResNetSharp.Imaging.Jpeg;

/// <summary>Decodes baseline and extended scans, whose blocks are complete: each is turned into samples at once.</summary>
internal sealed unsafe class SequentialScan(EntropyReader entropy, BlockTransformer transformer) : JpegScan(entropy)
{
    /// <inheritdoc/>
    protected override void Begin(int offset)
    {
        foreach (var component in Components)
        {
            if (!component.DcTable.Defined || !component.AcTable.Defined) throw JpegError.At("the scan names a Huffman table that is not defined", offset);
            if (!component.DcTable.TryBuild(false) || !component.AcTable.TryBuild(false))
                throw JpegError.At("a Huffman table is no prefix code", offset);
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(JpegComponent component, int column, int row)
    {
        var block = transformer.NextBlock;
        var last = 0;
        if (!Entropy.Insufficient)
        {
            var prediction = component.Prediction;
            last = Decode(ref Entropy.Bits, component.DcTable, component.AcTable, ref prediction, block);
            component.Prediction = prediction;
        }
        transformer.Add(last, component.Quantisation, component.Plane + (long)row * 8 * component.Stride + column * 8, component.Stride);
    }

    /// <inheritdoc/>
    protected override void Finish() => transformer.Flush();

    // The place of the last coefficient that is not zero.
    static int Decode(ref BitReader reader, HuffmanTable dcTable, HuffmanTable acTable, ref int prediction, short* block)
    {
        var bits = reader.Bits;
        var count = reader.Count;
        var next = reader.Next;
        BitReader.Refill(ref bits, ref count, ref next);
        prediction += TakeDc(dcTable, ref bits, ref count);
        block[0] = (short)prediction;

        var lookup = acTable.Lookup;
        var last = 0;
        fixed (byte* order = JpegTables.NaturalOrder)
        {
            for (var k = 1; k < 64; k++)
            {
                if (count < 32) BitReader.Refill(ref bits, ref count, ref next);
                var entry = lookup[bits >> (64 - HuffmanTable.LookBits)];
                if (entry == 0) entry = LongEntry(acTable, ref bits, ref count);
                bits <<= entry & 15;
                count -= entry & 15;
                k += (entry >> 4) & 127;
                if (k > 79) break;
                var size = (entry >> 11) & 31;
                var value = entry >> 16;
                if (size != 0)
                {
                    value = HuffmanTable.Extend((int)(bits >> (64 - size)), size);
                    bits <<= size;
                    count -= size;
                }
                last = order[k];
                block[last] = (short)value;
                last = k;
            }
        }
        reader.Bits = bits;
        reader.Count = count;
        reader.Next = next;
        return last;
    }

    static int TakeDc(HuffmanTable table, ref ulong bits, ref int count)
    {
        var entry = table.Lookup[bits >> (64 - HuffmanTable.LookBits)];
        if (entry == 0) entry = LongDcEntry(table, ref bits, ref count);
        bits <<= entry & 15;
        count -= entry & 15;
        var size = (entry >> 11) & 31;
        if (size == 0) return entry >> 16;
        var value = HuffmanTable.Extend((int)(bits >> (64 - size)), size);
        bits <<= size;
        count -= size;
        return value;
    }

    // What the look-up table would say, if it were long enough; the code itself is taken here.
    static int LongEntry(HuffmanTable table, ref ulong bits, ref int count)
    {
        var symbol = table.DecodeSlowly(bits, out var length);
        bits <<= length;
        count -= length;
        var (run, size) = (symbol >> 4, symbol & 15);
        return size == 0 && run != 15 ? HuffmanTable.EndOfBlock << 4 : run << 4 | size << 11;
    }

    static int LongDcEntry(HuffmanTable table, ref ulong bits, ref int count)
    {
        var size = table.DecodeSlowly(bits, out var length);
        bits <<= length;
        count -= length;
        return size << 11;
    }
}
