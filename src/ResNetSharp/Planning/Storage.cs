namespace ResNetSharp.Planning;

/// <summary>Memory of one or several tensors of a plan: those that are views of each other, or that are computed in place.</summary>
internal sealed unsafe class Storage
{
    Storage? mergedInto;

    /// <summary>The storage that this one has become part of; itself if it has not.</summary>
    public Storage Root => mergedInto?.Root ?? this;

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
    public void Absorb(Storage other)
    {
        First = Math.Min(First, other.First);
        Last = Math.Max(Last, other.Last);
        other.mergedInto = this;
    }
}
