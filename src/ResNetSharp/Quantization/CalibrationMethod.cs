namespace ResNetSharp.Quantization;

/// <summary>How the range of a tensor's numbers is chosen from those seen while calibrating.</summary>
public enum CalibrationMethod
{
    /// <summary>From the smallest number to the largest: nothing is cut off, and one outlier makes the steps coarse for all others.</summary>
    MinMax,

    /// <summary>All but a small part of the numbers at either end, see <see cref="QuantizationOptions.Percentile"/>.</summary>
    Percentile,

    /// <summary>
    /// The range in which 256 steps keep most of the information: the one with the smallest Kullback-Leibler divergence between the
    /// distribution of the numbers and that of the quantized ones (S. Migacz, 8-bit Inference with TensorRT, GTC 2017).
    /// </summary>
    Entropy,
}
