namespace ResNetSharp.Planning;

/// <summary>Memory of one or several tensors of a plan: those that are views of each other, or that are computed in place.</summary>
internal sealed unsafe class Storage
{
    Storage? mergedInto;
    long shift;

    /// <summary>The storage that this one has become part of; itself if it has not.</summary>
    public Storage Root => mergedInto?.Root ?? this;

    /// <summary>Bytes from the beginning of <see cref="Root"/> to that of this storage.</summary>
    public long Shift => mergedInto is null ? 0 : shift + mergedInto.Shift;

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>The step that first writes it.</summary>
    public int First { get; set; }

    /// <summary>The last step that reads or writes it.</summary>
    public int Last { get; set; }

    /// <summary>Where it begins within the arena.</summary>
    public long Offset { get; set; }

    /// <summary>Where it is, for memory outside the arena; null for memory in it.</summary>
    public byte* Fixed { get; init; }

    /// <summary>Makes another storage part of this one.</summary>
    /// <param name="other">The other.</param>
    /// <param name="at">The byte of this one at which it begins.</param>
    public void Absorb(Storage other, long at = 0)
    {
        Root.First = Math.Min(Root.First, other.First);
        Root.Last = Math.Max(Root.Last, other.Last);
        other.mergedInto = this;
        other.shift = at;
    }
}
