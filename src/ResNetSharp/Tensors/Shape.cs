using System.Collections;
using System.Runtime.CompilerServices;

namespace ResNetSharp;

/// <summary>
/// The extents of a tensor, outermost first; images are (batch, height, width, channels). An extent that is not known yet, such as the
/// batch of a network under construction, is <see cref="Unknown"/> and prints as <c>?</c>.
/// </summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    /// <summary>An extent that is not known yet.</summary>
    public const int Unknown = -1;

    readonly int[]? extents;

    /// <summary>Makes a shape from its extents.</summary>
    /// <param name="extents">The extents, each at least 0 or <see cref="Unknown"/>. None for a scalar.</param>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below -1.</exception>
    public Shape(params ReadOnlySpan<int> extents)
    {
        foreach (var extent in extents) ArgumentOutOfRangeException.ThrowIfLessThan(extent, Unknown, nameof(extents));
        this.extents = extents.ToArray();
    }

    /// <summary>Makes a shape from its extents; used by collection expressions.</summary>
    public static Shape Create(ReadOnlySpan<int> extents) => new(extents);

    /// <summary>The number of axes; 0 for a scalar.</summary>
    public int Rank => extents?.Length ?? 0;

    /// <inheritdoc/>
    public int Count => Rank;

    /// <summary>One extent. Negative axes count from the end: -1 is the last, the channels of an image.</summary>
    /// <exception cref="IndexOutOfRangeException">The axis does not exist.</exception>
    public int this[int axis] => (extents ?? [])[axis < 0 ? axis + Rank : axis];

    /// <summary>The number of elements.</summary>
    /// <exception cref="InvalidOperationException">An extent is not known.</exception>
    /// <exception cref="OverflowException">The product exceeds a long.</exception>
    public long Size
    {
        get
        {
            long size = 1;
            foreach (var extent in AsSpan())
                size = checked(size * (extent >= 0 ? extent : throw new InvalidOperationException($"the size of shape {this} is not known")));
            return size;
        }
    }

    /// <summary>Whether every extent is known.</summary>
    public bool IsKnown => !AsSpan().Contains(Unknown);

    /// <summary>The extents.</summary>
    public ReadOnlySpan<int> AsSpan() => extents;

    /// <summary>A copy in which one extent is another.</summary>
    public Shape With(int axis, int extent)
    {
        var copy = AsSpan().ToArray();
        copy[axis < 0 ? axis + copy.Length : axis] = extent;
        return new Shape(copy);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var extent in AsSpan()) hash.Add(extent);
        return hash.ToHashCode();
    }

    /// <summary>The extents in parentheses, <c>?</c> for an unknown one: <c>(?, 32, 32, 3)</c>.</summary>
    public override string ToString() =>
        $"({string.Join(", ", (extents ?? []).Select(e => e == Unknown ? "?" : e.ToString()))}{(Rank == 1 ? "," : "")})";

    /// <summary>Whether two shapes have the same extents.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>A shape from a tuple of two extents.</summary>
    public static implicit operator Shape((int, int) extents) => new(extents.Item1, extents.Item2);

    /// <summary>A shape from a tuple of three extents, such as (height, width, channels).</summary>
    public static implicit operator Shape((int, int, int) extents) => new(extents.Item1, extents.Item2, extents.Item3);

    /// <summary>A shape from a tuple of four extents, such as (batch, height, width, channels).</summary>
    public static implicit operator Shape((int, int, int, int) extents) => new(extents.Item1, extents.Item2, extents.Item3, extents.Item4);

    /// <summary>The extents, outermost first.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(extents ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
