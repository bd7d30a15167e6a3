using System.Numerics.Tensors;

namespace ResNetSharp.Data;

/// <summary>
/// The mean and the standard deviation of every value of a picture over a data set: each pixel and channel is a feature of its own, as
/// in scikit-learn's class of this name. Deviations divide by n; a feature that never varies gets the deviation 1.
/// </summary>
public sealed class StandardScaler
{
    StandardScaler(Shape elementShape, float[] mean, float[] std)
    {
        ElementShape = elementShape;
        Mean = mean;
        Std = std;
    }

    /// <summary>The extents of the pictures that were measured: (height, width, channels).</summary>
    public Shape ElementShape { get; }

    /// <summary>The mean of each value.</summary>
    public float[] Mean { get; }

    /// <summary>The standard deviation of each value; 1 where it never varies.</summary>
    public float[] Std { get; }

    /// <summary>Measures a data set, in double precision and two passes.</summary>
    /// <param name="data">The training set.</param>
    public static StandardScaler Fit(Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var values = new float[data.ElementSize];
        var wide = new double[values.Length];
        var mean = new double[values.Length];
        var squares = new double[values.Length];
        for (var i = 0; i < data.Count; i++)
        {
            Read(data, i, values, wide);
            TensorPrimitives.Add<double>(mean, wide, mean);
        }
        TensorPrimitives.Divide(mean, data.Count, mean);
        for (var i = 0; i < data.Count; i++)
        {
            Read(data, i, values, wide);
            TensorPrimitives.Subtract<double>(wide, mean, wide);
            TensorPrimitives.MultiplyAdd<double>(wide, wide, squares, squares);
        }
        return new StandardScaler(data.ElementShape, Array.ConvertAll(mean, m => (float)m),
            [.. squares.Zip(mean, (square, m) => Deviation(square / data.Count, m, data.Count))]);
    }

    /// <summary>Shifts and scales one picture in place: (x - mean) / std.</summary>
    /// <param name="values">The values of the picture.</param>
    /// <exception cref="ArgumentException">A picture of another size.</exception>
    public void Transform(Span<float> values)
    {
        if (values.Length != Mean.Length)
            throw new ArgumentException($"a picture of shape {ElementShape} has {Mean.Length} values, not {values.Length}", nameof(values));
        TensorPrimitives.Subtract(values, Mean, values);
        TensorPrimitives.Divide(values, Std, values);
    }

    static void Read(Dataset data, int index, float[] values, double[] wide)
    {
        var random = RandomSource.For(0, 0, (ulong)index);
        data.Read(index, ref random, values);
        for (var i = 0; i < values.Length; i++) wide[i] = values[i];
    }

    // What rounding alone can make of a constant counts as no variance.
    static float Deviation(double variance, double mean, int count)
    {
        const double epsilon = 2.220446049250313e-16;
        var noise = count * epsilon * variance + Math.Pow(count * mean * epsilon, 2);
        return variance <= noise ? 1 : (float)Math.Sqrt(variance);
    }
}
