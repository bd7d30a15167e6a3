using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>A convolution of 8-bit numbers, and the same with sums in 64-bit integers the obvious way.</summary>
sealed unsafe class Int8Case
{
    const float ResidualScale = 0.75f;
    const int ResidualZero = 117;
    const int SourceZero = 131;

    readonly ConvolutionGeometry geometry;
    readonly NativeBuffer source;
    readonly NativeBuffer weights;
    readonly NativeBuffer residual;
    readonly NativeBuffer scale;
    readonly NativeBuffer bias;
    long[]? sums;

    public Int8Case(ConvolutionGeometry geometry, int seed = 1)
    {
        this.geometry = geometry;
        var random = new Random(seed);
        source = Filled(random, geometry.InputLength);
        weights = Filled(random, geometry.WeightLength);
        residual = Filled(random, geometry.OutputLength);
        scale = new NativeBuffer(geometry.OutChannels * sizeof(float));
        bias = new NativeBuffer(geometry.OutChannels * sizeof(float));
        // Most results lie within 0..255, some beyond; the extremes of 8 bits all occur in source and weights.
        var spread = 5500 * Math.Sqrt(geometry.Taps * geometry.GroupInChannels);
        foreach (ref var value in scale.Floats) value = (float)((0.5 + random.NextDouble()) * 90 / spread);
        foreach (ref var value in bias.Floats) value = (float)(random.NextDouble() * 100 - 50);
    }

    public byte[] Bytes(InstructionSet set, Workers workers, bool bias, bool residual, bool relu, int zero, Winograd? winograd = null)
    {
        var result = new NativeBuffer(geometry.OutputLength + 64);
        new Span<byte>(result.Pointer, (int)result.Bytes).Fill(0xA5);
        Run(new Int8Convolution(
            geometry, set, source.Pointer, SourceZero, (sbyte*)weights.Pointer, (float*)scale.Pointer, bias ? (float*)this.bias.Pointer : null,
            residual ? this.residual.Pointer : null, ResidualScale, ResidualZero, relu, result.Pointer, zero, winograd), workers);
        var all = new Span<byte>(result.Pointer, (int)result.Bytes);
        foreach (var value in all[^64..]) Assert.True(value == 0xA5, "A kernel wrote behind its result.");
        var bytes = all[..^64].ToArray();
        GC.KeepAlive((this, result));
        return bytes;
    }

    public float[] Floats(InstructionSet set, Workers workers, bool bias, bool residual, bool relu, Winograd? winograd = null)
    {
        var result = new NativeBuffer((geometry.OutputLength + 16) * sizeof(float));
        result.Floats.Fill(float.NaN);
        Run(new Int8Convolution(
            geometry, set, source.Pointer, SourceZero, (sbyte*)weights.Pointer, (float*)scale.Pointer, bias ? (float*)this.bias.Pointer : null,
            residual ? this.residual.Pointer : null, ResidualScale, ResidualZero, relu, (float*)result.Pointer, winograd), workers);
        foreach (var value in result.Floats[^16..]) Assert.True(float.IsNaN(value), "A kernel wrote behind its result.");
        var numbers = result.Floats[..^16].ToArray();
        GC.KeepAlive((this, result));
        return numbers;
    }

    /// <summary>The results of registers that multiply bytes, however many bits they have.</summary>
    public byte[] Quads(InstructionSet set, Workers workers, bool bias, bool residual, bool relu, int zero)
    {
        var result = new NativeBuffer(geometry.OutputLength);
        var engine = new Int8QuadEngine(new Int8Problem(geometry, set)
        {
            Source = source.Pointer,
            SourceZero = SourceZero,
            Weights = (sbyte*)weights.Pointer,
            Scale = (float*)scale.Pointer,
            Bias = bias ? (float*)this.bias.Pointer : null,
            Residual = residual ? this.residual.Pointer : null,
            ResidualScale = ResidualScale,
            ResidualZero = ResidualZero,
            Relu = relu,
            Bytes = result.Pointer,
            Zero = zero,
        });
        var scratch = new NativeBuffer(engine.ScratchBytes(workers.Count));
        engine.Run(workers, scratch.Pointer);
        var bytes = new Span<byte>(result.Pointer, (int)result.Bytes).ToArray();
        GC.KeepAlive((this, result, scratch));
        return bytes;
    }

    /// <summary>Makes all numbers of the source and all weights the same.</summary>
    public void Fill(byte sourceNumber, sbyte weight)
    {
        new Span<byte>(source.Pointer, (int)source.Bytes).Fill(sourceNumber);
        new Span<sbyte>(weights.Pointer, (int)weights.Bytes).Fill(weight);
    }

    /// <summary>The results before rounding and cutting, in single precision as <see cref="Int8Problem"/> has it.</summary>
    public float[] Naive(bool bias, bool residual, bool relu)
    {
        var sums = this.sums ??= Sums();
        var values = new float[sums.Length];
        for (var i = 0; i < sums.Length; i++)
        {
            var channel = i % geometry.OutChannels;
            values[i] = MathF.FusedMultiplyAdd(sums[i], scale.Floats[channel], bias ? this.bias.Floats[channel] : 0);
            if (residual) values[i] = MathF.FusedMultiplyAdd(this.residual.Pointer[i] - ResidualZero, ResidualScale, values[i]);
            if (relu) values[i] = Math.Max(values[i], 0);
        }
        GC.KeepAlive(this);
        return values;
    }

    long[] Sums()
    {
        var result = new long[geometry.OutputLength];
        ConvolutionCase.ForEachProduct(geometry, (x, w, y) => result[y] += (source.Pointer[x] - SourceZero) * (long)((sbyte*)weights.Pointer)[w]);
        return result;
    }

    public static byte Quantized(float value, int zero) => (byte)Math.Clamp(Math.Round((double)value, MidpointRounding.ToEven) + zero, 0, 255);

    static NativeBuffer Filled(Random random, long length)
    {
        var buffer = new NativeBuffer(length);
        random.NextBytes(new Span<byte>(buffer.Pointer, (int)length));
        return buffer;
    }

    static void Run(Kernel kernel, Workers workers)
    {
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count) + 64);
        scratch.Floats.Fill(float.NaN);
        kernel.Scratch = scratch.Pointer;
        kernel.Run(workers);
        foreach (var value in scratch.Floats[^16..]) Assert.True(float.IsNaN(value), "A kernel wrote behind its scratch memory.");
        GC.KeepAlive((kernel, scratch));
    }
}
