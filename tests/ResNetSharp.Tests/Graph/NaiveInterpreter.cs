using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using GroupNorm = ResNetSharp.Graph.Operations.GroupNorm;

namespace ResNetSharp.Tests.Graph;

/// <summary>
/// Computes a graph as it was described, before any pass, in double precision and in the most obvious way: the reference that plans are
/// tested against.
/// </summary>
/// <param name="training">Whether batch normalization takes the batch's statistics, except where frozen.</param>
sealed class NaiveInterpreter(bool training)
{
    /// <summary>Numbers of parameters that stand in for their own.</summary>
    public Dictionary<Parameter, double[]> Parameters { get; } = [];

    /// <summary>Numbers of inputs, labels among them.</summary>
    public Dictionary<Tensor, double[]> Inputs { get; } = [];

    /// <summary>What each dropout multiplies with; a dropout without an entry does nothing.</summary>
    public Dictionary<Operation, double[]> Masks { get; } = [];

    /// <summary>The numbers of some tensors.</summary>
    public double[][] Evaluate(params Tensor[] tensors)
    {
        var values = new Dictionary<Tensor, double[]>();
        foreach (var node in Node.Reachable(tensors)) values[node.Outputs[0]] = Compute(node, t => values[t]);
        return [.. tensors.Select(t => values[t])];
    }

    double[] Compute(Node node, Func<Tensor, double[]> of)
    {
        double[] In(int i) => of(node.Inputs[i]);
        var (shape, output) = (node.Inputs.Length > 0 ? node.Inputs[0].Shape : default, node.Outputs[0].Shape);
        return node.Operation switch
        {
            Constant constant => Doubles(constant.Values),
            ParameterRead { Parameter: var parameter } => Parameters.TryGetValue(parameter, out var own) ? own : Doubles(parameter.Values),
            Input => Inputs[node.Outputs[0]],
            Reshape or Flatten => In(0),
            Unary unary => [.. In(0).Select(x => Apply(unary.Function, x, unary.Parameter))],
            Binary binary => Combine(binary.Function, In(0), shape, In(1), node.Inputs[1].Shape, output),
            Dropout dropout => Masks.TryGetValue(dropout, out var mask) ? [.. In(0).Zip(mask, (x, m) => x * m)] : In(0),
            GroupNorm norm => NaiveRows.NormalizeGroups(In(0), In(1), In(2), shape[0], norm),
            BatchNorm norm => Normalize(node, norm.Settings, of),
            Softmax softmax => NaiveRows.Softmax(In(0), shape[-1], softmax.Logarithm),
            ClassificationLoss loss => [NaiveRows.CrossEntropy(In(0), shape[-1], In(1), loss)],
            Convolution convolution => NaiveWindows.Convolve(convolution, In(0), shape, In(1), node.Inputs[1].Shape, node.Inputs.Length > 2 ? In(2) : null, output),
            MatrixProduct => NaiveRows.Product(In(0), In(1), node.Inputs.Length > 2 ? In(2) : null, output),
            MaxPool pool => NaiveWindows.Pool(pool.Window, In(0), shape, output, window => window.Max()),
            AveragePool pool => NaiveWindows.Average(pool, In(0), shape, output),
            GlobalAveragePool => NaiveLayout.Reduce(ReduceFunction.Mean, [1, 2], In(0), shape),
            Reduce reduce => NaiveLayout.Reduce(reduce.Function, reduce.Axes, In(0), shape),
            BroadcastTo => NaiveLayout.Gather(output, index => In(0)[NaiveLayout.Stretched(index, shape)]),
            Pad pad => NaiveLayout.Pad(pad, In(0), shape, output),
            Slice slice => NaiveLayout.Gather(output, index => In(0)[NaiveLayout.Flat([.. index.Select((e, a) => slice.Starts[a] + e * slice.Steps[a])], shape)]),
            Transpose transpose => NaiveLayout.Gather(output, index => In(0)[NaiveLayout.Flat([.. Enumerable.Range(0, shape.Rank).Select(a => index[Array.IndexOf(transpose.Axes, a)])], shape)]),
            Concatenate concatenate => NaiveLayout.Join(concatenate.Axis, [.. node.Inputs.Select(t => (of(t), t.Shape))], output),
            var other => throw new NotSupportedException($"the reference does not know {other.Name}"),
        };
    }

    double[] Normalize(Node node, BatchNormSettings settings, Func<Tensor, double[]> of)
    {
        var x = of(node.Inputs[0]);
        var (gamma, beta) = (of(node.Inputs[1]), of(node.Inputs[2]));
        var (mean, variance) = (of(node.Inputs[3]), of(node.Inputs[4]));
        var channels = gamma.Length;
        if (training && !ParameterRead.Of(node.Inputs[3])!.Frozen)
        {
            var rows = x.Length / channels;
            mean = [.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, rows).Sum(r => x[r * channels + c]) / rows)];
            variance = [.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, rows).Sum(r => Math.Pow(x[r * channels + c] - mean[c], 2)) / rows)];
        }
        return [.. x.Select((v, i) => gamma[i % channels] * (v - mean[i % channels]) / Math.Sqrt(variance[i % channels] + settings.Epsilon) + beta[i % channels])];
    }

    static double[] Combine(BinaryFunction function, double[] a, Shape aShape, double[] b, Shape bShape, Shape output) =>
        NaiveLayout.Gather(output, index =>
        {
            var (x, y) = (a[NaiveLayout.Stretched(index, aShape)], b[NaiveLayout.Stretched(index, bShape)]);
            return function switch
            {
                BinaryFunction.Add => x + y,
                BinaryFunction.Subtract => x - y,
                BinaryFunction.Multiply => x * y,
                BinaryFunction.Divide => x / y,
                BinaryFunction.Maximum => Math.Max(x, y),
                _ => Math.Min(x, y),
            };
        });

    static double Apply(UnaryFunction function, double x, double parameter) => function switch
    {
        UnaryFunction.Relu => Math.Max(x, 0),
        UnaryFunction.Relu6 => Math.Clamp(x, 0, 6),
        UnaryFunction.LeakyRelu => x > 0 ? x : parameter * x,
        UnaryFunction.Elu => x > 0 ? x : parameter * (Math.Exp(x) - 1),
        UnaryFunction.Selu => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)),
        UnaryFunction.Gelu => x * 0.5 * (1 + Erf(x / Math.Sqrt(2))),
        UnaryFunction.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        UnaryFunction.Erf => Erf(x),
        UnaryFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryFunction.Tanh => Math.Tanh(x),
        UnaryFunction.Silu => x / (1 + Math.Exp(-x)),
        UnaryFunction.Softplus => Math.Log(1 + Math.Exp(x)),
        UnaryFunction.HardSigmoid => Math.Clamp(x + 3, 0, 6) / 6,
        UnaryFunction.HardSwish => x * Math.Clamp(x + 3, 0, 6) / 6,
        UnaryFunction.Exp => Math.Exp(x),
        UnaryFunction.Log => Math.Log(x),
        UnaryFunction.Sqrt => Math.Sqrt(x),
        UnaryFunction.Square => x * x,
        UnaryFunction.Abs => Math.Abs(x),
        UnaryFunction.Negate => -x,
        UnaryFunction.Reciprocal => 1 / x,
        _ => throw new NotSupportedException($"the reference does not know {function}"),
    };

    /// <summary>The error function by its series of positive terms: 2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)).</summary>
    static double Erf(double x)
    {
        double term = x, sum = x;
        for (var n = 1; n < 200; n++) sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    static double[] Doubles(ReadOnlySpan<float> values)
    {
        var doubles = new double[values.Length];
        for (var i = 0; i < doubles.Length; i++) doubles[i] = values[i];
        return doubles;
    }
}
