using ResNetSharp.Cpu;
using ResNetSharp.Layers;
using ResNetSharp.Planning;
using ResNetSharp.Tests.Graph;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Training;

/// <summary>The same seed gives the same bits, on any number of threads and through interruptions; steps allocate nothing.</summary>
[Collection(ThreadCount.Name)]
public sealed class RepeatabilityTests
{
    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void Training_is_bitwise_the_same_on_any_number_of_threads(Precision precision)
    {
        var threads = Processor.Threads;
        try
        {
            Model? first = null;
            foreach (var count in new[] { 1, 2, 3, 8 })
            {
                Processor.Threads = count;
                var model = TinyTask.Compiled();
                model.Precision = precision;
                model.Fit(TinyTask.Augmented(), epochs: 1, batchSize: 10, seed: 5);
                TinyTask.SameState(first ??= model, model);
                Tolerance.SameBits(first.Predict(TinyTask.Data()).ToArray(), model.Predict(TinyTask.Data()).ToArray(), $"{count} threads");
            }
        }
        finally
        {
            Processor.Threads = threads;
        }
    }

    [Fact]
    public void Another_seed_gives_another_training()
    {
        var (one, other) = (TinyTask.Compiled(), TinyTask.Compiled());
        one.Fit(TinyTask.Augmented(), batchSize: 10, seed: 1);
        other.Fit(TinyTask.Augmented(), batchSize: 10, seed: 2);
        Assert.NotEqual(TinyTask.Values(one)[0], TinyTask.Values(other)[0]);
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void Steps_and_predictions_allocate_no_managed_memory(Precision precision)
    {
        var model = TinyTask.Model();
        model.Precision = precision;
        var compiled = new CompiledModel(model, new Adam(), new SparseCategoricalCrossentropy(fromLogits: true), new ArenaPool());
        var images = Tensor.RandomNormal(4, 6, 6, 2).ToArray();
        foreach (var plan in new[] { compiled.Training((4, 6, 6, 2)), compiled.Evaluation((4, 6, 6, 2)) })
        {
            var least = long.MaxValue;
            // A collection on behalf of another test counts what is left of this thread's block, so one clean run is looked for.
            for (ulong step = 0; step < 7; step++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                plan.Fill(images, [0, 1, 2, 0]);
                compiled.OptimizerState.Advance();
                plan.Plan.Run(step);
                if (step >= 2) least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Assert.Equal(0, least);
        }
    }

    [Fact]
    public void Last_and_smaller_batch_gives_the_numbers_of_its_pictures_alone()
    {
        var model = TinyTask.Compiled(dropout: false);
        model.Fit(TinyTask.Data(), batchSize: 10);
        var whole = model.Predict(TinyTask.Data(), batchSize: 37).ToArray();
        foreach (var size in new[] { 1, 10, 36 })
        {
            var parts = model.Predict(TinyTask.Data(), size);
            Assert.Equal(new Shape(37, TinyTask.Classes), parts.Shape);
            Tolerance.Near([.. whole.Select(v => (double)v)], parts.ToArray(), Tolerance.Rounding, $"batches of {size}");
        }
    }

    [Fact]
    public void Predictions_from_many_threads_at_once_do_not_mix()
    {
        var model = TinyTask.Model();
        var inputs = Enumerable.Range(0, 24).Select(i => Tensor.RandomNormal(new Shape(1 + i % 3, 6, 6, 2), (ulong)i)).ToArray();
        var expected = inputs.Select(x => model.Predict(x).ToArray()).ToArray();
        var fresh = TinyTask.Model();
        Parallel.For(0, inputs.Length * 4, i =>
            Tolerance.SameBits(expected[i % inputs.Length], fresh.Predict(inputs[i % inputs.Length]).ToArray(), $"input {i % inputs.Length}"));
    }

    [Fact]
    public void Last_and_smaller_batch_trains_as_a_step_of_its_own()
    {
        // Batches of 4 and 1: the same updates as two calls with the steps that Fit makes, whatever ran in between.
        var (one, two) = (TinyTask.Compiled(new Sgd(0.1f, 0.9f), dropout: false), TinyTask.Compiled(new Sgd(0.1f, 0.9f), dropout: false));
        one.Fit(TinyTask.Data(5), epochs: 2, batchSize: 4);
        two.Fit(TinyTask.Data(5), epochs: 2, batchSize: 4, validation: TinyTask.Data(7));
        TinyTask.SameState(one, two);
        Assert.Equal(4, one.Compiled!.OptimizerState.Steps);
    }
}

/// <summary>Tests that set the number of threads do not run beside each other.</summary>
[CollectionDefinition(Name)]
public sealed class ThreadCount
{
    public const string Name = "number of threads";
}
