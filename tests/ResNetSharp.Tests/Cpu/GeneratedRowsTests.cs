using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

/// <summary>The machine code that normalizes rows of bfloat16 numbers gives the bits of the same loops in C#, which are tested against the definition.</summary>
public sealed unsafe class GeneratedRowsTests
{
    public static TheoryData<int, int, int> Sizes => new() { { 1, 128, 0 }, { 3, 160, 70 }, { 4, 1024, 0 }, { 9, 192, 191 }, { 21, 480, 3 } };

    [PairTheory]
    [MemberData(nameof(Sizes))]
    public void Forward_has_the_bits_of_the_loop_in_CSharp(int rows, int columns, int extra)
    {
        var random = new Random(rows);
        foreach (var (residual, relu) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            var numbers = new Operands(random, rows, columns);
            var operands = new AffineOperands<ushort>
            {
                X = numbers.X,
                Residual = residual ? numbers.DY : null,
                Mean = numbers.Coefficients,
                Scale = numbers.Coefficients + columns,
                Shift = numbers.Coefficients + 2 * columns,
            };
            numbers.Compare(
                (result, generated) =>
                {
                    var loop = AffineLoops.Of<ushort>(centred: true, residual, relu);
                    loop(operands with { Y = result, Generated = generated }, columns, new ChannelTile(0, 0, rows, 0, columns, extra));
                },
                new RowFunction(IsGradient: false, residual, relu), extra);
        }
    }

    [PairTheory]
    [MemberData(nameof(Sizes))]
    public void Gradients_have_the_bits_of_the_loop_in_CSharp(int rows, int columns, int extra)
    {
        var random = new Random(rows);
        foreach (var (relu, fromOutput, frozen) in new[] { (false, false, false), (true, false, false), (true, true, false), (false, false, true), (true, false, true), (true, true, true) })
        {
            var numbers = new Operands(random, rows, columns);
            var operands = new GradientOperands<ushort>
            {
                X = numbers.X,
                DY = numbers.DY,
                Y = numbers.Y,
                Mean = numbers.Coefficients,
                Scale = numbers.Coefficients + columns,
                Shift = numbers.Coefficients + 2 * columns,
                CentredFactor = numbers.Coefficients + 3 * columns,
                Constant = numbers.Coefficients + 4 * columns,
            };
            numbers.Compare(
                (result, generated) =>
                {
                    var loop = GradientInputLoops.Of<ushort>(relu, fromOutput, frozen);
                    loop(operands with { Out = result, Generated = generated }, columns, new ChannelTile(0, 0, rows, 0, columns, extra));
                },
                new RowFunction(IsGradient: true, HasResidual: false, relu, fromOutput, frozen), extra);
        }
    }

    delegate void Loop(ushort* result, GeneratedRows? generated);

    /// <summary>Bfloat16 numbers, some of them infinite, zero or not a number, and coefficients.</summary>
    sealed class Operands
    {
        const int Guards = 64;

        readonly int rows;
        readonly int columns;
        readonly List<NativeBuffer> buffers = [];

        public Operands(Random random, int rows, int columns)
        {
            (this.rows, this.columns) = (rows, columns);
            X = Filled(random);
            DY = Filled(random);
            Y = Filled(random);
            buffers.Add(new NativeBuffer(5L * columns * sizeof(float)));
            foreach (ref var value in buffers[^1].Floats) value = (float)(random.NextDouble() * 2 - 1);
        }

        public ushort* X { get; }

        public ushort* DY { get; }

        public ushort* Y { get; }

        public float* Coefficients => (float*)buffers[^1].Pointer;

        int Length => (rows + 1) * columns;

        public void Compare(Loop loop, RowFunction function, int extra)
        {
            var (expected, actual) = (new ushort[Length + Guards], new ushort[Length + Guards]);
            fixed (ushort* first = expected, second = actual)
            {
                loop(first, null);
                loop(second, GeneratedRows.TryCreate<ushort, ushort>(function, columns, columns));
            }
            GC.KeepAlive(buffers);
            Assert.Equal(expected, actual);
            Assert.All(expected[(rows * columns + extra)..], value => Assert.Equal(0, value));
            Assert.Contains(expected[..(rows * columns)], value => value != 0);
        }

        ushort* Filled(Random random)
        {
            var buffer = new NativeBuffer(Length * sizeof(ushort));
            buffers.Add(buffer);
            var numbers = (ushort*)buffer.Pointer;
            for (var i = 0; i < Length; i++)
                numbers[i] = BFloat16.FromFloat(random.Next(40) switch
                {
                    0 => 0,
                    1 => -0f,
                    2 => float.PositiveInfinity,
                    3 => float.NegativeInfinity,
                    4 => float.NaN,
                    _ => (float)(random.NextDouble() * 4 - 2),
                });
            return numbers;
        }
    }
}
