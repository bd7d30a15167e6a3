using ResNetSharp.Cpu;

namespace ResNetSharp.Planning;

/// <summary>Packs memory by lifetime: two storages may share addresses if no step needs both.</summary>
internal static class ArenaLayout
{
    /// <summary>Chooses the offsets, largest storage first, each at the lowest place that is free during its life; returns the bytes needed.</summary>
    public static long Place(IEnumerable<Storage> storages)
    {
        var placed = new List<Storage>();
        long total = 0;
        foreach (var storage in storages.OrderByDescending(s => s.Bytes).ThenBy(s => s.First))
        {
            long offset = 0;
            var size = Aligned(storage.Bytes);
            // The list is kept in the order of offsets, so the first gap that is wide enough is the lowest.
            foreach (var other in placed)
            {
                if (other.Last < storage.First || other.First > storage.Last) continue;
                if (other.Offset - offset >= size) break;
                offset = Math.Max(offset, other.Offset + Aligned(other.Bytes));
            }
            storage.Offset = offset;
            placed.Insert(InsertionPoint(placed, offset), storage);
            total = Math.Max(total, offset + size);
        }
        return total;
    }

    static long Aligned(long bytes) => (bytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;

    static int InsertionPoint(List<Storage> placed, long offset)
    {
        var (low, high) = (0, placed.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (placed[middle].Offset <= offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
