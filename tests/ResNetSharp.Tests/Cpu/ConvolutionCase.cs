using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>A convolution with seeded numbers, its kernels, and the same sums the obvious way in double precision.</summary>
sealed unsafe class ConvolutionCase : IConvolutionCase<float>
{
    readonly ConvolutionGeometry geometry;
    readonly List<NativeBuffer> buffers = [];

    public ConvolutionCase(ConvolutionGeometry geometry, int seed = 1)
    {
        this.geometry = geometry;
        var random = new Random(seed);
        Input = Filled(random, geometry.InputLength);
        Weights = Filled(random, geometry.WeightLength);
        Bias = Filled(random, geometry.OutChannels);
        Residual = Filled(random, geometry.OutputLength);
        OutputGradient = Filled(random, geometry.OutputLength);
        InputResidual = Filled(random, geometry.InputLength);
    }

    public ConvolutionGeometry Geometry => geometry;

    public NativeBuffer Input { get; }

    public NativeBuffer Weights { get; }

    public NativeBuffer Bias { get; }

    public NativeBuffer Residual { get; }

    public NativeBuffer OutputGradient { get; }

    public NativeBuffer InputResidual { get; }

    public static float* Pointer(NativeBuffer? buffer) => buffer is null ? null : (float*)buffer.Pointer;

    public float[] Forward(InstructionSet set, Workers workers, bool bias, bool residual, bool relu, bool constantWeights = false, Winograd winograd = Winograd.Off, ResultMoments? moments = null, Strassen strassen = Strassen.Off)
    {
        var output = Guarded(geometry.OutputLength);
        var kernel = new ConvolutionForward(
            geometry, set, Pointer(Input), Pointer(Weights), bias ? Pointer(Bias) : null, residual ? Pointer(Residual) : null, relu, Pointer(output),
            winograd, strassen)
        {
            WeightsAreConstant = constantWeights,
            Moments = moments,
        };
        return Run(kernel, workers, output);
    }

    public float[] InputGradient(InstructionSet set, Workers workers, bool accumulate, Winograd winograd = Winograd.Off, Strassen strassen = Strassen.Off)
    {
        var gradient = Guarded(geometry.InputLength);
        if (accumulate) InputResidual.Floats.CopyTo(gradient.Floats);
        var kernel = new ConvolutionInputGradient(
            geometry, set, Pointer(OutputGradient), Pointer(Weights), Pointer(gradient), accumulate, winograd, strassen);
        return Run(kernel, workers, gradient);
    }

    public (float[] Weights, float[] Bias) WeightGradient(InstructionSet set, Workers workers, Winograd winograd = Winograd.Off, Strassen strassen = Strassen.Off)
    {
        var weights = Guarded(geometry.WeightLength);
        var bias = Guarded(geometry.OutChannels);
        var kernel = new ConvolutionWeightGradient(geometry, set, Pointer(Input), Pointer(OutputGradient), Pointer(weights), Pointer(bias), winograd, strassen);
        var result = Run(kernel, workers, weights);
        return (result, CheckGuard(bias));
    }

    public double[] NaiveForward(bool bias, bool residual, bool relu)
    {
        var output = new double[geometry.OutputLength];
        ForEachProduct((x, w, y) => output[y] += (double)Input.Floats[(int)x] * Weights.Floats[(int)w]);
        for (var i = 0; i < output.Length; i++)
        {
            if (bias) output[i] += Bias.Floats[i % geometry.OutChannels];
            if (residual) output[i] += Residual.Floats[i];
            if (relu) output[i] = Math.Max(output[i], 0);
        }
        return output;
    }

    public double[] NaiveInputGradient(bool accumulate)
    {
        var gradient = new double[geometry.InputLength];
        if (accumulate) for (var i = 0; i < gradient.Length; i++) gradient[i] = InputResidual.Floats[i];
        ForEachProduct((x, w, y) => gradient[x] += (double)OutputGradient.Floats[(int)y] * Weights.Floats[(int)w]);
        return gradient;
    }

    public (double[] Weights, double[] Bias) NaiveWeightGradient()
    {
        var gradient = new double[geometry.WeightLength];
        ForEachProduct((x, w, y) => gradient[w] += (double)OutputGradient.Floats[(int)y] * Input.Floats[(int)x]);
        var bias = new double[geometry.OutChannels];
        for (var i = 0; i < geometry.OutputLength; i++) bias[i % geometry.OutChannels] += OutputGradient.Floats[i];
        return (gradient, bias);
    }

    float[] IConvolutionCase<float>.Forward(InstructionSet set, Workers workers, bool bias, bool residual, bool relu, bool constantWeights) =>
        Forward(set, workers, bias, residual, relu, constantWeights);

    float[] IConvolutionCase<float>.InputGradient(InstructionSet set, Workers workers, bool accumulate) => InputGradient(set, workers, accumulate);

    (float[] Weights, float[] Bias) IConvolutionCase<float>.WeightGradient(InstructionSet set, Workers workers) => WeightGradient(set, workers);

    void IConvolutionCase<float>.Compare(double[] expected, float[] actual, long products, string what) => AssertClose(expected, actual, products, what);

    /// <summary>
    /// Sums of n products of numbers in -1..1 in single precision: the running sum grows like the root of n, and so does the number of its
    /// roundings' sum, hence an error in proportion to n. One wrong product changes a sum by about 0.3.
    /// </summary>
    public static void AssertClose(double[] expected, float[] actual, long products, string what)
    {
        var tolerance = 1e-7 * (products + 16);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance))
            {
                Assert.Fail($"{what}: number {i} of {expected.Length} is {actual[i]}, not {expected[i]}.");
            }
        }
    }

    /// <summary>Checks the root mean square of the error, and that no error is ten times as large.</summary>
    /// <param name="expected">What is right.</param>
    /// <param name="actual">What is checked.</param>
    /// <param name="scale">The unit of errors.</param>
    /// <param name="error">The largest root mean square.</param>
    public static void AssertRoundedLittle(double[] expected, float[] actual, double scale, double error)
    {
        var squares = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = (actual[i] - expected[i]) / scale;
            Assert.True(Math.Abs(difference) < 10 * error, $"Number {i} is {actual[i]}, not {expected[i]}.");
            squares += difference * difference;
        }
        Assert.InRange(Math.Sqrt(squares / expected.Length), 0, error);
    }

    static NativeBuffer Filled(Random random, long length)
    {
        var buffer = new NativeBuffer(length * sizeof(float));
        foreach (ref var value in buffer.Floats) value = (float)(random.NextDouble() * 2 - 1);
        return buffer;
    }

    /// <summary>A buffer full of NaN with some more behind it, so that numbers not written and numbers written too far are seen.</summary>
    NativeBuffer Guarded(long length)
    {
        var buffer = new NativeBuffer((length + 64) * sizeof(float));
        buffer.Floats.Fill(float.NaN);
        buffers.Add(buffer);
        return buffer;
    }

    static float[] CheckGuard(NativeBuffer buffer)
    {
        foreach (var value in buffer.Floats[^64..]) Assert.True(float.IsNaN(value), "A kernel wrote behind its result.");
        var result = buffer.Floats[..^64].ToArray();
        GC.KeepAlive(buffer);
        return result;
    }

    /// <summary>The kernel knows addresses alone, so the case, whose numbers they are, is kept until it has run.</summary>
    float[] Run(Kernel kernel, Workers workers, NativeBuffer result)
    {
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count));
        scratch.Floats.Fill(float.NaN);
        kernel.Scratch = scratch.Pointer;
        kernel.Run(workers);
        GC.KeepAlive((this, kernel, scratch));
        return CheckGuard(result);
    }

    void ForEachProduct(Action<long, long, long> action) => ForEachProduct(geometry, action);

    /// <summary>Calls an action with the places in input, weights and output of every product of a convolution.</summary>
    public static void ForEachProduct(ConvolutionGeometry g, Action<long, long, long> action)
    {
        for (var n = 0; n < g.Batch; n++)
            for (var oy = 0; oy < g.OutHeight; oy++)
                for (var ox = 0; ox < g.OutWidth; ox++)
                    for (var ky = 0; ky < g.KernelHeight; ky++)
                        for (var kx = 0; kx < g.KernelWidth; kx++)
                        {
                            var iy = oy * g.StrideHeight + ky * g.DilationHeight - g.PadTop;
                            var ix = ox * g.StrideWidth + kx * g.DilationWidth - g.PadLeft;
                            if (iy < 0 || iy >= g.InHeight || ix < 0 || ix >= g.InWidth) continue;
                            for (var k = 0; k < g.OutChannels; k++)
                                for (var c = 0; c < g.GroupInChannels; c++)
                                {
                                    var x = (((long)n * g.InHeight + iy) * g.InWidth + ix) * g.InChannels + k / g.GroupOutChannels * g.GroupInChannels + c;
                                    var w = (((long)ky * g.KernelWidth + kx) * g.GroupInChannels + c) * g.OutChannels + k;
                                    var y = (((long)n * g.OutHeight + oy) * g.OutWidth + ox) * g.OutChannels + k;
                                    action(x, w, y);
                                }
                        }
    }
}
