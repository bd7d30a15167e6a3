using ResNetSharp.Data;
using ResNetSharp.Graph;
using ResNetSharp.Quantization;

namespace ResNetSharp.Layers;

public partial class Model
{
    /// <summary>
    /// How the model is quantized: the ranges of its activations and the scales of its weights. Null for a model that computes in floating
    /// point. With a table, <c>Predict</c> and <c>Evaluate</c> compute with 8-bit integers, and <see cref="Save"/> writes 8-bit weights.
    /// </summary>
    public CalibrationTable? Calibration { get; private set; }

    /// <summary>
    /// Quantizes the model after training: runs it on typical pictures, chooses the range of each activation, and from then on predicts with
    /// 8-bit integers. The parameters stay as they are.
    /// </summary>
    /// <param name="calibration">Pictures as the model takes them: a few hundred of those it was trained on, never those it is measured on.</param>
    /// <param name="options">How ranges are chosen; the defaults if not given.</param>
    /// <param name="batchSize">Pictures computed at once; does not change the result beyond rounding.</param>
    /// <param name="cancellationToken">Ends the calibration; the model is then as before.</param>
    /// <returns>What was found, which is <see cref="Calibration"/> then.</returns>
    /// <exception cref="InvalidDataException">The model gives numbers that are infinite or none.</exception>
    /// <exception cref="NotSupportedException">The model comes from a file that is quantized.</exception>
    /// <exception cref="ShapeException">Pictures and model do not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CalibrationTable Quantize(Dataset calibration, QuantizationOptions? options = null, int batchSize = 32, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        using var loader = new Loader(calibration, batchSize, shuffle: false);
        var observed = new Calibrator(this, options ?? new QuantizationOptions());
        foreach (var batch in loader.Epoch(0, 0, cancellationToken)) observed.Observe(new Shape([batch.Count, .. batch.ElementShape]), batch.Images);
        return UseCalibration(observed.Finish());
    }

    /// <summary>Like the other <c>Quantize</c>, with batches of one's own.</summary>
    /// <param name="calibrationBatches">Pictures as the model takes them, (batch, height, width, channels).</param>
    /// <param name="options">How ranges are chosen; the defaults if not given.</param>
    /// <returns>What was found, which is <see cref="Calibration"/> then.</returns>
    /// <exception cref="ArgumentException">There are no pictures.</exception>
    /// <exception cref="InvalidDataException">The model gives numbers that are infinite or none.</exception>
    /// <exception cref="ShapeException">Pictures and model do not fit.</exception>
    public CalibrationTable Quantize(IEnumerable<Tensor> calibrationBatches, QuantizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(calibrationBatches);
        var observed = new Calibrator(this, options ?? new QuantizationOptions());
        foreach (var batch in calibrationBatches) observed.Observe(batch.Shape, batch.ToArray());
        return UseCalibration(observed.Finish());
    }

    /// <summary>Goes back to floating point. The parameters are those from before <c>Quantize</c>; of a model from a file, those of 8 bits.</summary>
    public void Dequantize() => UseCalibration(null);

    /// <summary>Predicts by a table from now on, or in floating point.</summary>
    internal CalibrationTable UseCalibration(CalibrationTable? table)
    {
        // Plans that were made for the other arithmetic are of no use any more.
        lock (arena)
        {
            Calibration = table;
            predictor = null;
            compiled?.ForgetEvaluation();
        }
        return table!;
    }

    /// <summary>Whether predictions round to bytes: by a table, or because the model comes from the file of a quantized network.</summary>
    internal bool IsQuantized => Calibration is not null || HasStoredBytes || InputShape is { } shape && RoundingPass.Applies([BuildFor(shape)]);

    bool HasStoredBytes => Parameters.Any(p => p.Steps is not null);

    void RequireFloatingPoint(string purpose)
    {
        if (Calibration is not null) throw new InvalidOperationException($"the model is quantized to 8 bits, which cannot be {purpose}; call Dequantize first");
        if (HasStoredBytes)
            throw new InvalidOperationException($"the model is quantized to 8 bits by its file, which cannot be {purpose}; start from the network in floating point");
    }
}
