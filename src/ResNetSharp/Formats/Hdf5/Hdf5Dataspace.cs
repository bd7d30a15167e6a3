namespace ResNetSharp.Formats;

/// <summary>The extents of a data set or an attribute. An axis that may grow without limit has <see cref="Unlimited"/> in <see cref="MaxExtents"/>.</summary>
internal sealed record Hdf5Dataspace(long[] Extents, long[] MaxExtents, bool IsNull)
{
    public const long Unlimited = -1;

    const int MaxRank = 32, Null = 2;

    public static Hdf5Dataspace Parse(Hdf5Block block)
    {
        int version = block.U8(), rank = block.U8(), flags = block.U8();
        if (version is not (1 or 2)) throw block.Fail($"a dataspace has version {version}; 1 and 2 are known");
        if (rank > MaxRank) throw block.Fail($"a dataspace has {rank} dimensions; {MaxRank} are possible");
        var kind = version == 2 ? block.U8() : 1;
        if (version == 1) block.Skip(5);
        var extents = new long[rank];
        for (int i = 0; i < rank; i++) extents[i] = block.Size();
        var max = (long[])extents.Clone();
        if ((flags & 1) != 0)
            for (int i = 0; i < rank; i++) max[i] = block.NumberOrAllOnes(block.File.LengthSize);
        return new Hdf5Dataspace(extents, max, kind == Null);
    }
}
