using System.Collections;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Exchange;

/// <summary>
/// How a tensor's axes lie in a value of another program: for each axis there the axis here, or <see cref="Unit"/> for one of extent 1
/// that the tensor lacks. Images are (batch, height, width, channels) here and (batch, channels, height, width) there.
/// </summary>
[CollectionBuilder(typeof(AxisOrder), nameof(Create))]
internal readonly struct AxisOrder : IEquatable<AxisOrder>, IEnumerable<int>
{
    /// <summary>An axis that exists in the other program alone.</summary>
    public const int Unit = -1;

    readonly int[] axes;

    AxisOrder(int[] axes) => this.axes = axes;

    /// <summary>Images with channels first.</summary>
    public static AxisOrder Images { get; } = [0, 3, 1, 2];

    /// <summary>Weights of a convolution as PyTorch and ONNX have them: (filters, channels, height, width).</summary>
    public static AxisOrder Kernels { get; } = [3, 2, 0, 1];

    /// <summary>Weights of a dense layer as PyTorch has them: (outputs, inputs).</summary>
    public static AxisOrder Matrix { get; } = [1, 0];

    /// <summary>Means of channels as ONNX' global pooling leaves them, (batch, channels, 1, 1).</summary>
    public static AxisOrder Pooled { get; } = [0, 1, Unit, Unit];

    public int Rank => axes.Length;

    public int this[int axis] => axes[axis];

    public static AxisOrder Create(ReadOnlySpan<int> axes) => new(axes.ToArray());

    /// <summary>The same order in both programs.</summary>
    public static AxisOrder Identity(int rank) => new([.. Enumerable.Range(0, rank)]);

    /// <summary>The batch, then the channels, then what lies between them here.</summary>
    public static AxisOrder ChannelsFirst(int rank) => new([0, rank - 1, .. Enumerable.Range(1, rank - 2)]);

    /// <summary>The order that other programs expect of a tensor: images with channels first, everything else as it is.</summary>
    public static AxisOrder Usual(int rank) => rank == 4 ? Images : Identity(rank);

    /// <summary>The order in which files have a parameter.</summary>
    public static AxisOrder OfParameter(int rank) => rank switch { 4 => Kernels, 2 => Matrix, _ => Identity(rank) };

    /// <summary>Where one of our axes lies there.</summary>
    public int IndexOf(int axis) => Array.IndexOf(axes, axis);

    /// <summary>Whether all axes exist here.</summary>
    public bool IsPermutation => !axes.Contains(Unit);

    /// <summary>The extents there of a tensor here.</summary>
    public Shape ShapeOf(Shape own) => new([.. axes.Select(a => a == Unit ? 1 : own[a])]);

    /// <summary>The extents here of a value there.</summary>
    public Shape OwnShape(Shape other)
    {
        var extents = new int[axes.Count(a => a != Unit)];
        for (var i = 0; i < axes.Length; i++)
            if (axes[i] != Unit) extents[axes[i]] = other[i];
        return new Shape(extents);
    }

    /// <summary>Whether a tensor's elements are in the same sequence in both programs, because axes of extent 1 alone change places.</summary>
    public bool KeepsSequence(Shape own)
    {
        var last = -1;
        foreach (var axis in axes)
        {
            if (axis == Unit || own[axis] == 1) continue;
            if (axis < last) return false;
            last = axis;
        }
        return true;
    }

    /// <summary>Numbers in our order, put in the other.</summary>
    public float[] Arrange(ReadOnlySpan<float> own, Shape shape) => Move(own, shape, toOther: true);

    /// <summary>Numbers in the other order, put in ours.</summary>
    /// <param name="other">The numbers.</param>
    /// <param name="shape">Our shape.</param>
    public float[] Restore(ReadOnlySpan<float> other, Shape shape) => Move(other, shape, toOther: false);

    float[] Move(ReadOnlySpan<float> from, Shape shape, bool toOther)
    {
        if (KeepsSequence(shape)) return from.ToArray();
        var extents = ShapeOf(shape);
        var strides = new int[axes.Length];
        for (var i = 0; i < axes.Length; i++)
        {
            strides[i] = axes[i] == Unit ? 0 : 1;
            if (axes[i] != Unit) for (var a = axes[i] + 1; a < shape.Rank; a++) strides[i] *= shape[a];
        }
        var result = new float[from.Length];
        var index = new int[axes.Length];
        for (int there = 0, here = 0; there < result.Length; there++)
        {
            if (toOther) result[there] = from[here];
            else result[here] = from[there];
            for (var i = axes.Length - 1; i >= 0; i--)
            {
                here += strides[i];
                if (++index[i] < extents[i]) break;
                here -= strides[i] * extents[i];
                index[i] = 0;
            }
        }
        return result;
    }

    public bool Equals(AxisOrder other) => axes.AsSpan().SequenceEqual(other.axes);

    public override bool Equals(object? obj) => obj is AxisOrder other && Equals(other);

    public override int GetHashCode() => axes.Aggregate(axes.Length, HashCode.Combine);

    public static bool operator ==(AxisOrder left, AxisOrder right) => left.Equals(right);

    public static bool operator !=(AxisOrder left, AxisOrder right) => !left.Equals(right);

    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)axes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
