using ResNetSharp.Cpu;

namespace ResNetSharp.Benchmarks;

/// <summary>
/// What the ways to convolve lose to rounding: the root mean square of the error against sums in double precision, in units of the results'
/// own root mean square. Pixels are normal numbers, without their negative half or with it; weights are normal numbers.
/// </summary>
static unsafe class RoundingBenchmark
{
    const int Side = 14, Results = 256, Samples = 4096;

    static readonly int[] channels = [64, 256, 512, 1024, 2048];

    public static void Run()
    {
        var workers = new Workers(Environment.ProcessorCount);
        var set = InstructionSets.Selected;
        Console.WriteLine($"{set}: root mean square of the error, 1e-7 of that of the results");
        Console.WriteLine($"{"kernel, channels, pixels",-32} {"direct",8} {"strassen",9} {"F(2x2)",8} {"F(4x4)",8}");
        foreach (var kernel in new[] { 1, 3 })
        {
            foreach (var count in channels)
            {
                foreach (var relu in new[] { true, false })
                {
                    var problem = new Problem(new ConvolutionGeometry(2, Side, Side, count, Results, kernel, kernel, 1, 1, kernel / 2, kernel / 2, kernel / 2, kernel / 2), relu);
                    double[] errors = [problem.Error(set, workers, Winograd.Off, Strassen.Off), problem.Error(set, workers, Winograd.Off, Strassen.Always), problem.Error(set, workers, Winograd.AlwaysSmall, Strassen.Off), problem.Error(set, workers, Winograd.Always, Strassen.Off)];
                    var text = errors.Select((error, i) => kernel == 1 == i < 2 || i == 0 ? $"{error * 1e7:F2}" : "").ToArray();
                    Console.WriteLine($"{$"{kernel}x{kernel}, {count}, {(relu ? "half" : "all")}",-32} {text[0],8} {text[1],9} {text[2],8} {text[3],8}");
                }
            }
        }
        foreach (var images in new[] { 4, 16, 64 })
        {
            var sum = new WeightProblem(new ConvolutionGeometry(images, Side, Side, Results, Results));
            Console.WriteLine($"{$"1x1 weights, {images * Side * Side} pixels, half",-32} {sum.Error(set, workers, Strassen.Off) * 1e7,8:F2} {sum.Error(set, workers, Strassen.Always) * 1e7,9:F2}");
        }
    }

    /// <summary>The weight gradient of pixels behind a ReLU.</summary>
    sealed class WeightProblem
    {
        readonly ConvolutionGeometry geometry;
        readonly NativeBuffer input, gradient, result;
        readonly long[] places;
        readonly double[] expected;

        public WeightProblem(ConvolutionGeometry geometry)
        {
            this.geometry = geometry;
            var random = new Random(1);
            input = Problem.Filled(random, geometry.InputLength, relu: true);
            gradient = Problem.Filled(random, geometry.OutputLength, relu: false);
            result = new NativeBuffer(geometry.WeightLength * sizeof(float));
            places = [.. Enumerable.Range(0, Samples).Select(_ => random.NextInt64(geometry.WeightLength))];
            expected = [.. places.Select(Exact)];
        }

        public double Error(InstructionSet set, Workers workers, Strassen strassen)
        {
            var kernel = new ConvolutionWeightGradient(geometry, set, (float*)input.Pointer, (float*)gradient.Pointer, (float*)result.Pointer, null, Winograd.Off, strassen);
            RunOnce(kernel, workers);
            return RelativeError(expected, places, result);
        }

        double Exact(long place)
        {
            var (channel, output) = Math.DivRem(place, geometry.OutChannels);
            var sum = 0.0;
            for (var pixel = 0L; pixel < geometry.InputLength / geometry.InChannels; pixel++)
                sum += (double)input.Floats[(int)(pixel * geometry.InChannels + channel)] * gradient.Floats[(int)(pixel * geometry.OutChannels + output)];
            return sum;
        }
    }

    static void RunOnce(Kernel kernel, Workers workers)
    {
        var scratch = new NativeBuffer(kernel.ScratchBytes(workers.Count));
        kernel.Scratch = scratch.Pointer;
        kernel.Run(workers);
        GC.KeepAlive(scratch);
    }

    static double RelativeError(double[] expected, long[] places, NativeBuffer output)
    {
        var (squares, errors) = (0.0, 0.0);
        for (var i = 0; i < Samples; i++)
        {
            var error = output.Floats[(int)places[i]] - expected[i];
            errors += error * error;
            squares += expected[i] * expected[i];
        }
        return Math.Sqrt(errors / squares);
    }

    sealed class Problem
    {
        readonly ConvolutionGeometry geometry;
        readonly NativeBuffer input, weights, output;
        readonly long[] places;
        readonly double[] expected;

        public Problem(ConvolutionGeometry geometry, bool relu)
        {
            this.geometry = geometry;
            var random = new Random(1);
            input = Filled(random, geometry.InputLength, relu);
            weights = Filled(random, geometry.WeightLength, relu: false);
            output = new NativeBuffer(geometry.OutputLength * sizeof(float));
            places = [.. Enumerable.Range(0, Samples).Select(_ => random.NextInt64(geometry.OutputLength))];
            expected = [.. places.Select(Exact)];
        }

        public double Error(InstructionSet set, Workers workers, Winograd winograd, Strassen strassen)
        {
            var kernel = new ConvolutionForward(geometry, set, (float*)input.Pointer, (float*)weights.Pointer, null, null, false, (float*)output.Pointer, winograd, strassen);
            RunOnce(kernel, workers);
            return RelativeError(expected, places, output);
        }

        double Exact(long place)
        {
            var (pixel, result) = Math.DivRem(place, geometry.OutChannels);
            var (image, point) = Math.DivRem(pixel, Side * Side);
            var (y, x) = Math.DivRem(point, Side);
            var sum = 0.0;
            for (var tap = 0; tap < geometry.Taps; tap++)
            {
                var (row, column) = (y + tap / geometry.KernelWidth - geometry.PadTop, x + tap % geometry.KernelWidth - geometry.PadLeft);
                if (row is < 0 or >= Side || column is < 0 or >= Side) continue;
                for (var c = 0; c < geometry.InChannels; c++)
                {
                    sum += (double)input.Floats[(int)(((image * Side + row) * Side + column) * geometry.InChannels + c)]
                        * weights.Floats[(int)(((long)tap * geometry.InChannels + c) * geometry.OutChannels + result)];
                }
            }
            return sum;
        }

        public static NativeBuffer Filled(Random random, long length, bool relu)
        {
            var buffer = new NativeBuffer(length * sizeof(float));
            foreach (ref var value in buffer.Floats)
            {
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                value = relu ? (float)Math.Max(normal, 0) : (float)normal;
            }
            return buffer;
        }
    }
}
