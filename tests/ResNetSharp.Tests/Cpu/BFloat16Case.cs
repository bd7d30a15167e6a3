using System.Runtime.InteropServices;
using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>
/// A convolution of bfloat16 images. The reference is the naive double one on the same rounded numbers, so what is left to differ are
/// the sums in single precision and the rounding of the result.
/// </summary>
sealed unsafe class BFloat16Case : IConvolutionCase<ushort>
{
    /// <summary>Half a step of a bfloat16 number, relative to it.</summary>
    const double HalfStep = 1.0 / 256;

    readonly ConvolutionGeometry geometry;
    readonly ConvolutionCase wide;

    public BFloat16Case(ConvolutionGeometry geometry, int seed = 1)
    {
        this.geometry = geometry;
        wide = new ConvolutionCase(geometry, seed);
        // The kernels round the weights themselves; they get them unrounded.
        Weights = Copy(wide.Weights);
        foreach (var buffer in new[] { wide.Input, wide.Weights, wide.Residual, wide.OutputGradient, wide.InputResidual }) RoundAll(buffer.Floats);
        (Source, Residual, ResultGradient, SourceResidual) = (Narrow(wide.Input), Narrow(wide.Residual), Narrow(wide.OutputGradient), Narrow(wide.InputResidual));
    }

    public ConvolutionGeometry Geometry => geometry;

    NativeBuffer Weights { get; }

    NativeBuffer Source { get; }

    NativeBuffer Residual { get; }

    NativeBuffer ResultGradient { get; }

    NativeBuffer SourceResidual { get; }

    public ushort[] Forward(InstructionSet set, Workers workers, bool bias, bool residual, bool relu, bool constantWeights) =>
        Forward(set, workers, bias, residual, relu, constantWeights, null);

    public ushort[] Forward(InstructionSet set, Workers workers, bool bias, bool residual, bool relu, bool constantWeights, Winograd? winograd, ResultMoments? moments = null)
    {
        var result = Guarded(geometry.OutputLength);
        var kernel = new BFloat16ConvolutionForward(
            geometry, set, Narrow16(Source), Floats(Weights), bias ? Floats(wide.Bias) : null, residual ? Narrow16(Residual) : null, relu, Narrow16(result),
            winograd: winograd)
        {
            WeightsAreConstant = constantWeights,
            Moments = moments,
        };
        Run(kernel, workers);
        return CheckGuard(result);
    }

    public ushort[] InputGradient(InstructionSet set, Workers workers, bool accumulate) => InputGradient(set, workers, accumulate, null);

    public ushort[] InputGradient(InstructionSet set, Workers workers, bool accumulate, Winograd? winograd)
    {
        var gradient = Guarded(geometry.InputLength);
        if (accumulate) Span(SourceResidual).CopyTo(Span(gradient));
        Run(new BFloat16ConvolutionInputGradient(geometry, set, Narrow16(ResultGradient), Floats(Weights), Narrow16(gradient), accumulate, winograd), workers);
        return CheckGuard(gradient);
    }

    public (float[] Weights, float[] Bias) WeightGradient(InstructionSet set, Workers workers) => WeightGradient(set, workers, null);

    public (float[] Weights, float[] Bias) WeightGradient(InstructionSet set, Workers workers, Winograd? winograd, Strassen? strassen = null)
    {
        var gradient = GuardedFloats(geometry.WeightLength);
        var bias = GuardedFloats(geometry.OutChannels);
        Run(new BFloat16ConvolutionWeightGradient(geometry, set, Narrow16(Source), Narrow16(ResultGradient), Floats(gradient), Floats(bias), winograd, strassen), workers);
        return (CheckFloatGuard(gradient), CheckFloatGuard(bias));
    }

    public double[] NaiveForward(bool bias, bool residual, bool relu) => wide.NaiveForward(bias, residual, relu);

    public double[] NaiveInputGradient(bool accumulate) => wide.NaiveInputGradient(accumulate);

    public (double[] Weights, double[] Bias) NaiveWeightGradient() => wide.NaiveWeightGradient();

    /// <summary>The bound of the sums is that of <see cref="ConvolutionCase.AssertClose"/>; rounding adds half a step of the result.</summary>
    public void Compare(double[] expected, ushort[] actual, long products, string what)
    {
        var tolerance = 1e-7 * (products + 16);
        for (var i = 0; i < expected.Length; i++)
        {
            var value = BFloat16.ToFloat(actual[i]);
            if (!(Math.Abs(expected[i] - value) <= tolerance + (Math.Abs(expected[i]) + tolerance) * HalfStep))
            {
                Assert.Fail($"{what}: number {i} of {expected.Length} is {value}, not {expected[i]}.");
            }
        }
    }

    static float* Floats(NativeBuffer buffer) => (float*)buffer.Pointer;

    static ushort* Narrow16(NativeBuffer buffer) => (ushort*)buffer.Pointer;

    static Span<ushort> Span(NativeBuffer buffer) => new(buffer.Pointer, (int)(buffer.Bytes / sizeof(ushort)));

    static NativeBuffer Copy(NativeBuffer from)
    {
        var copy = new NativeBuffer(from.Bytes);
        from.Floats.CopyTo(copy.Floats);
        return copy;
    }

    static void RoundAll(Span<float> numbers)
    {
        foreach (ref var number in numbers) number = BFloat16.Round(number);
    }

    static NativeBuffer Narrow(NativeBuffer from)
    {
        var narrow = new NativeBuffer(from.Floats.Length * sizeof(ushort));
        BFloat16.FromFloat(from.Floats, Span(narrow));
        return narrow;
    }

    /// <summary>All ones is not a number.</summary>
    static NativeBuffer Guarded(long length)
    {
        var buffer = new NativeBuffer((length + 64) * sizeof(ushort));
        Span(buffer).Fill(ushort.MaxValue);
        return buffer;
    }

    static ushort[] CheckGuard(NativeBuffer buffer)
    {
        foreach (var value in Span(buffer)[^64..]) Assert.True(value == ushort.MaxValue, "A kernel wrote behind its result.");
        var result = Span(buffer)[..^64].ToArray();
        GC.KeepAlive(buffer);
        return result;
    }

    static NativeBuffer GuardedFloats(long length)
    {
        var buffer = new NativeBuffer((length + 64) * sizeof(float));
        buffer.Floats.Fill(float.NaN);
        return buffer;
    }

    static float[] CheckFloatGuard(NativeBuffer buffer)
    {
        foreach (var value in buffer.Floats[^64..]) Assert.True(float.IsNaN(value), "A kernel wrote behind its result.");
        var result = buffer.Floats[..^64].ToArray();
        GC.KeepAlive(buffer);
        return result;
    }

    /// <summary>The kernel knows addresses alone, so the case, whose numbers they are, is kept until it has run.</summary>
    void Run(Kernel kernel, Workers workers)
    {
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count) + 64);
        scratch.Floats.Fill(float.NaN);
        kernel.Scratch = scratch.Pointer;
        kernel.Run(workers);
        foreach (var value in MemoryMarshal.Cast<float, uint>(scratch.Floats[^16..]))
        {
            Assert.True(value == BitConverter.SingleToUInt32Bits(float.NaN), "A kernel wrote behind its scratch memory.");
        }
        GC.KeepAlive((this, kernel, scratch));
    }
}
