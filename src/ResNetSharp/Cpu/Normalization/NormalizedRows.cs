using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Batch normalization by stored statistics, y = (x - mean) / sqrt(variance + epsilon) gamma + beta, with a ReLU where wanted, for whoever
/// has some rows of channels at hand. Run as a kernel, it computes the coefficients, which is to be done when a parameter has changed.
/// Rounds as <see cref="FrozenBatchNormForwardKernel{T}"/> does.
/// </summary>
internal sealed unsafe class NormalizedRows<T> : Kernel where T : unmanaged
{
    /// <summary>Rows that are done together, so that coefficients are loaded once for all of them.</summary>
    const int Together = 4;

    readonly BatchNormForward<T> settings;
    readonly NativeBuffer coefficients;
    readonly int channels;
    GeneratedRows? generated;

    /// <param name="settings">Channels, epsilon, ReLU and the four parameters; nothing else is used.</param>
    public NormalizedRows(in BatchNormForward<T> settings)
    {
        this.settings = settings;
        channels = settings.Channels;
        coefficients = new NativeBuffer(3L * channels * sizeof(float));
    }

    public override void Run(Workers workers)
    {
        float* means = (float*)coefficients.Pointer, scales = means + channels, shifts = scales + channels;
        for (var c = 0; c < channels; c++)
        {
            var inverseStd = (float)(1 / Math.Sqrt((double)settings.RunningVariance[c] + settings.Epsilon));
            means[c] = settings.RunningMean[c];
            scales[c] = settings.Gamma == null ? inverseStd : settings.Gamma[c] * inverseStd;
            shifts[c] = settings.Beta == null ? 0 : settings.Beta[c];
        }
        GC.KeepAlive(this);
    }

    /// <summary>Normalizes rows.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="pitch">Elements from it to the next.</param>
    /// <param name="to">Where the first result goes.</param>
    /// <param name="toPitch">Elements from it to the next.</param>
    /// <param name="rows">How many rows.</param>
    /// <typeparam name="TResult">What the results are: the same, or float.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply<TResult>(T* from, long pitch, TResult* to, long toPitch, long rows) where TResult : unmanaged
    {
        if (GeneratedRows.Suits<T>(channels))
        {
            var means = (float*)coefficients.Pointer;
            var arguments = new RowArguments { X = from, Result = to, Mean = means, Scale = means + channels, Shift = means + 2 * channels };
            // Threads may come here at once, and for rows of different distance.
            var code = generated;
            if (code?.Has<T, TResult>(pitch, toPitch) != true) generated = code = GeneratedRows.TryCreate<T, TResult>(new RowFunction(IsGradient: false, HasResidual: false, settings.Relu), pitch, toPitch);
            code!.Run<T>(arguments, rows, channels);
            GC.KeepAlive(this);
            return;
        }
        for (; rows >= Together; rows -= Together, from += Together * pitch, to += Together * toPitch)
        {
            if (settings.Relu) Rows<Yes, TResult>(from, pitch, to, toPitch);
            else Rows<No, TResult>(from, pitch, to, toPitch);
        }
        for (; rows > 0; rows--, from += pitch, to += toPitch)
        {
            // The same row four times.
            if (settings.Relu) Rows<Yes, TResult>(from, 0, to, 0);
            else Rows<No, TResult>(from, 0, to, 0);
        }
        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Rows<TRelu, TResult>(T* x, long pitch, TResult* y, long toPitch) where TRelu : struct, IFlag where TResult : unmanaged
    {
        float* means = (float*)coefficients.Pointer, scales = means + channels, shifts = scales + channels;
        var c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector<float> mean = Vector.Load(means + c), scale = Vector.Load(scales + c), shift = Vector.Load(shifts + c);
            var first = Value<TRelu>(Lanes.Load(x + c), mean, scale, shift);
            var second = Value<TRelu>(Lanes.Load(x + pitch + c), mean, scale, shift);
            var third = Value<TRelu>(Lanes.Load(x + 2 * pitch + c), mean, scale, shift);
            var fourth = Value<TRelu>(Lanes.Load(x + 3 * pitch + c), mean, scale, shift);
            Lanes.Store(first, y + c);
            Lanes.Store(second, y + toPitch + c);
            Lanes.Store(third, y + 2 * toPitch + c);
            Lanes.Store(fourth, y + 3 * toPitch + c);
        }
        var rest = channels - c;
        if (rest == 0) return;
        var (lastMean, lastScale, lastShift) = (Lanes.Load(means + c, rest), Lanes.Load(scales + c, rest), Lanes.Load(shifts + c, rest));
        for (var row = 0; row < Together; row++)
            Lanes.Store(Value<TRelu>(Lanes.Load(x + row * pitch + c, rest), lastMean, lastScale, lastShift), y + row * toPitch + c, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Value<TRelu>(Vector<float> x, Vector<float> mean, Vector<float> scale, Vector<float> shift) where TRelu : struct, IFlag
    {
        var value = Vector.FusedMultiplyAdd(x - mean, scale, shift);
        return TRelu.On ? Lanes.Relu(value) : value;
    }
}

/// <summary>A normalization of images that lie among the channels of others; see <see cref="NormalizedRows{T}"/>. The results lie without gaps.</summary>
/// <param name="norm">The normalization.</param>
/// <param name="rows">Pixels of all images.</param>
/// <param name="channels">Channels.</param>
/// <param name="x">The first pixel.</param>
/// <param name="pitch">Elements from it to the next.</param>
/// <param name="y">The results.</param>
internal sealed unsafe class NormalizedRowsKernel<T>(NormalizedRows<T> norm, long rows, int channels, T* x, long pitch, T* y) : Kernel, IParallelBody
    where T : unmanaged
{
    readonly int rowsPerPart = Math.Max(1, ElementwiseKernel.PartSize / channels);

    public override void Run(Workers workers) => workers.Run(this, checked((int)((rows + rowsPerPart - 1) / rowsPerPart)));

    public void Execute(int part, int worker)
    {
        var first = (long)part * rowsPerPart;
        norm.Apply(x + first * pitch, pitch, y + first * channels, channels, Math.Min(rowsPerPart, rows - first));
    }
}
