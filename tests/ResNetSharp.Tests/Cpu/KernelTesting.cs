using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>Memory and numbers for kernel tests.</summary>
static unsafe class KernelTesting
{
    static readonly Workers[] Teams = [new(1), new(2), new(3), new(8)];

    /// <summary>Runs a kernel on one thread.</summary>
    public static void Run(Kernel kernel)
    {
        var scratch = Prepare(kernel, 1);
        kernel.Run(Teams[0]);
        GC.KeepAlive(scratch);
    }

    /// <summary>Checks that a kernel allocates no managed memory when it runs.</summary>
    public static void AllocatesNothing(Kernel kernel)
    {
        var scratch = Prepare(kernel, 1);
        kernel.Run(Teams[0]);
        // A collection on behalf of another test counts what is left of this thread's block, so one clean run is looked for.
        var least = long.MaxValue;
        for (var run = 0; run < 5 && least > 0; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            kernel.Run(Teams[0]);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        GC.KeepAlive(scratch);
    }

    /// <summary>Checks that a kernel's results are the same to the bit on 1, 2, 3 and 8 threads.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="reset">Sets the inputs and outputs again, for kernels that work in place.</param>
    /// <param name="outputs">What it writes.</param>
    public static void SameOnAnyNumberOfThreads(Kernel kernel, Action reset, params Numbers[] outputs)
    {
        float[][]? expected = null;
        foreach (var team in Teams)
        {
            reset();
            var scratch = Prepare(kernel, team.Count);
            // Test classes run side by side, a team runs one loop at a time.
            lock (team) kernel.Run(team);
            GC.KeepAlive(scratch);
            var got = outputs.Select(o => o.ToArray()).ToArray();
            expected ??= got;
            for (var i = 0; i < got.Length; i++)
                Assert.True(expected[i].Select(BitConverter.SingleToInt32Bits).SequenceEqual(got[i].Select(BitConverter.SingleToInt32Bits)),
                    $"output {i} differs on {team.Count} threads");
        }
    }

    /// <summary>Checks numbers against references, by an absolute tolerance plus one relative to the reference.</summary>
    public static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double absolute, double relative = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= absolute + relative * Math.Abs(expected[i])) && !(double.IsNaN(expected[i]) && float.IsNaN(actual[i]))
                && expected[i] != actual[i])
                Assert.Fail($"element {i} is {actual[i]:R}, not {expected[i]:R}");
    }

    /// <summary>The gradient of sum(weights f(x)) by central differences.</summary>
    public static double[] NumericGradient(Func<double[], double[]> f, double[] x, double[] weights, double step = 1e-5)
    {
        var gradient = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            double[] up = [.. x], down = [.. x];
            up[i] += step;
            down[i] -= step;
            gradient[i] = f(up).Zip(f(down), (a, b) => (a - b) / (2 * step)).Zip(weights, (a, b) => a * b).Sum();
        }
        return gradient;
    }

    static NativeBuffer Prepare(Kernel kernel, int workers)
    {
        // Scratch memory is dirty in a plan.
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers));
        if (scratch.Bytes > 0) scratch.Floats.Fill(float.NaN);
        kernel.Scratch = scratch.Pointer;
        return scratch;
    }
}

/// <summary>An array at a fixed address with guard values behind it.</summary>
sealed unsafe class Numbers
{
    const int Guards = 16;
    const float Guard = 12345.678f;

    /// <summary>A kernel holds addresses only, so a test's arrays are kept alive here; no test uses as many at once.</summary>
    [ThreadStatic]
    static Queue<Numbers>? recent;

    readonly NativeBuffer buffer;
    readonly int count;

    public Numbers(int count)
    {
        recent ??= new Queue<Numbers>();
        recent.Enqueue(this);
        if (recent.Count > 64) recent.Dequeue();
        this.count = count;
        buffer = new NativeBuffer((count + Guards) * sizeof(float));
        buffer.Floats[count..].Fill(Guard);
    }

    public Numbers(params float[] values) : this(values.Length) => Set(values);

    public float* Pointer => (float*)buffer.Pointer;

    public Span<float> Span => buffer.Floats[..count];

    public double[] Doubles => [.. ToArray().Select(v => (double)v)];

    public static Numbers Normal(int count, ulong seed, double mean = 0, double deviation = 1)
    {
        var random = new RandomSource(seed);
        var numbers = new Numbers(count);
        foreach (ref var value in numbers.Span) value = (float)(mean + deviation * random.NextNormal());
        return numbers;
    }

    public void Set(ReadOnlySpan<float> values) => values.CopyTo(Span);

    public float[] ToArray()
    {
        Assert.All(buffer.Floats[count..].ToArray(), v => Assert.Equal(Guard, v));
        return Span.ToArray();
    }

    public static implicit operator float*(Numbers? numbers) => numbers is null ? null : numbers.Pointer;
}
