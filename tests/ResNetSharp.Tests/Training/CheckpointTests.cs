using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Tests.Formats;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Training;

/// <summary>What is saved comes back, and a training that was broken off ends where the unbroken one ends.</summary>
public sealed class CheckpointTests
{
    [Theory]
    [InlineData(1)] // after the first step
    [InlineData(3)] // before the smaller batch
    [InlineData(4)] // at the end of an epoch
    [InlineData(6)] // in the middle of the second
    [InlineData(11)]
    public void Training_broken_off_saved_and_resumed_ends_bitwise_where_the_unbroken_one_ends(int steps)
    {
        using var folder = new TemporaryFolder();
        var unbroken = TinyTask.Compiled();
        var expected = unbroken.Fit(TinyTask.Augmented(), epochs: 3, batchSize: 10, validation: TinyTask.Data(7), seed: 11);

        var broken = TinyTask.Compiled();
        Break(broken, steps, seed: 11);
        Assert.Equal(steps, broken.Compiled!.OptimizerState.Steps);
        broken.SaveCheckpoint(folder.File("checkpoint"));

        var resumed = TinyTask.Compiled();
        resumed.Initialize(77);
        resumed.LoadCheckpoint(folder.File("checkpoint"));
        var history = resumed.Fit(TinyTask.Augmented(), epochs: 3, batchSize: 10, validation: TinyTask.Data(7), resume: true);

        TinyTask.SameState(unbroken, resumed);
        Assert.Equal(expected.Epochs.Select(e => (e.Epoch, e.LearningRate)), history.Epochs.Select(e => (e.Epoch, e.LearningRate)));
        foreach (var name in new[] { "loss", "accuracy", "top2", "val_loss", "val_accuracy" }) Assert.Equal(expected[name], history[name]);
        Assert.Equal(["checkpoint"], folder.Names);
    }

    [Fact]
    public void Training_broken_off_twice_ends_where_the_unbroken_one_ends()
    {
        var (unbroken, broken) = (TinyTask.Compiled(new Sgd(0.05f, 0.9f, nesterov: true)), TinyTask.Compiled(new Sgd(0.05f, 0.9f, nesterov: true)));
        unbroken.Fit(TinyTask.Augmented(), epochs: 3, batchSize: 10, seed: 3);
        Break(broken, 2, seed: 3);
        Break(broken, 5, seed: 3, resume: true);
        broken.Fit(TinyTask.Augmented(), epochs: 3, batchSize: 10, resume: true);
        TinyTask.SameState(unbroken, broken);
    }

    [Fact]
    public void More_epochs_go_on_where_the_last_ones_ended()
    {
        var (whole, parts) = (TinyTask.Compiled(), TinyTask.Compiled());
        whole.Fit(TinyTask.Augmented(), epochs: 3, batchSize: 10);
        parts.Fit(TinyTask.Augmented(), epochs: 1, batchSize: 10);
        parts.Fit(TinyTask.Augmented(), epochs: 3, batchSize: 10, resume: true);
        TinyTask.SameState(whole, parts);
    }

    [Fact]
    public void Resuming_needs_the_same_optimizer_and_metrics()
    {
        using var folder = new TemporaryFolder();
        var model = TinyTask.Compiled();
        Break(model, 2, seed: 1);
        model.SaveCheckpoint(folder.File("checkpoint"));
        var momentum = TinyTask.Compiled(new Sgd(0.1f, 0.9f));
        Assert.Contains("optimizer.momentum.", Assert.Throws<InvalidDataException>(() => momentum.LoadCheckpoint(folder.File("checkpoint"))).Message, StringComparison.Ordinal);
        var plain = TinyTask.Compiled(new Sgd(0.1f));
        Assert.Contains("optimizer.exp_avg.", Assert.Throws<InvalidDataException>(() => plain.LoadCheckpoint(folder.File("checkpoint"))).Message, StringComparison.Ordinal);
        var metrics = TinyTask.Model();
        metrics.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: true));
        Assert.Contains("metrics", Assert.Throws<InvalidDataException>(() => metrics.LoadCheckpoint(folder.File("checkpoint"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_has_to_be_a_training_to_save_or_resume()
    {
        using var folder = new TemporaryFolder();
        var model = TinyTask.Compiled();
        Assert.Contains("use Save", Assert.Throws<InvalidOperationException>(() => model.SaveCheckpoint(folder.File("x"))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => model.Fit(TinyTask.Data(), resume: true));
        model.Save(folder.File("weights"));
        Assert.Contains("no state", Assert.Throws<InvalidDataException>(() => model.LoadCheckpoint(folder.File("weights"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_training_state_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        foreach (var state in new[] { "", "{}", "[]", "null", "{\"seed\":1}", """{"seed":"1","epoch":0,"batch":0,"steps":1,"images":0,"sums":[],"history":[]}""" })
        {
            var model = TinyTask.Compiled();
            model.Save(folder.File("whole"));
            using (var file = WeightFile.Open(folder.File("whole")))
                SafeTensors.Write(folder.File("damaged"), [.. file, .. Slots(model)], new Dictionary<string, string> { ["training"] = state });
            Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => model.LoadCheckpoint(folder.File("damaged"))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Weights_load_strictly_or_in_part_and_the_report_says_what_did_not_fit()
    {
        using var folder = new TemporaryFolder();
        var model = TinyTask.Compiled();
        model.Fit(TinyTask.Data(), batchSize: 10);
        model.SaveCheckpoint(folder.File("file"));
        var input = Tensor.Input(6, 6, 2);
        var other = new Model(input, input.Conv2D(17, 3, name: "stem").GlobalAveragePooling2D().Dense(5, name: "head").Dense(2, name: "more"));
        var before = other.Parameters.Single(p => p.Name == "head.weight").Values.ToArray();
        var error = Assert.Throws<InvalidDataException>(() => other.LoadWeights(folder.File("file")));
        foreach (var part in new[] { "more.weight", "conv2d.weight", "head.bias", "partial" }) Assert.Contains(part, error.Message, StringComparison.Ordinal);
        var report = other.LoadWeights(folder.File("file"), strict: false);
        Assert.Equal(2, report.Loaded);
        Assert.Equal(["more.weight", "more.bias"], report.Missing);
        Assert.Contains("batch_normalization.running_mean", report.Unexpected);
        Assert.DoesNotContain(report.Unexpected, n => n.StartsWith("optimizer.", StringComparison.Ordinal));
        Assert.Contains(report.Misshapen, m => m.StartsWith("head.weight is (3, 5), not (5, 17)", StringComparison.Ordinal));
        Assert.Equal(model.Parameters[0].Values.ToArray(), other.Parameters[0].Values.ToArray());
        Assert.Equal(before, other.Parameters.Single(p => p.Name == "head.weight").Values.ToArray());
    }

    [Fact]
    public void Strict_load_that_fails_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var model = TinyTask.Compiled();
        model.Save(folder.File("file"));
        var input = Tensor.Input(6, 6, 2);
        var other = new Model(input, input.Conv2D(17, 3, name: "stem").GlobalAveragePooling2D().Dense(5, name: "head"));
        other.Initialize(9);
        var before = TinyTask.Values(other);
        Assert.Throws<InvalidDataException>(() => other.LoadWeights(folder.File("file")));
        Assert.Equal(before, TinyTask.Values(other));
    }

    [Fact]
    public void Save_that_fails_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var model = TinyTask.Compiled();
        model.Save(folder.File("model"));
        var before = File.ReadAllBytes(folder.File("model"));
        var full = OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28;
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(folder.File("model"), 0, stream =>
        {
            stream.Write(new byte[100]);
            throw new IOException("No space left on device", full);
        }));
        Assert.Equal($"cannot write '{folder.File("model")}': the disk is full; the file that was there before is as it was; make room, or write elsewhere", error.Message);
        error = Assert.Throws<IOException>(() => AtomicFile.Write(folder.File("other"), 0, _ => throw new IOException("Input/output error.")));
        Assert.Equal($"cannot write '{folder.File("other")}': Input/output error", error.Message);
        error = Assert.Throws<IOException>(() => AtomicFile.Write(folder.File("huge"), 1L << 55, _ => { }));
        Assert.Contains($"cannot write '{folder.File("huge")}': ", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder.File("model")));
        Assert.Equal(["model"], folder.Names);
        Assert.ThrowsAny<IOException>(() => model.Save(Path.Combine(folder.File("no"), "such", "folder")));
    }

    [Fact]
    public void File_keeps_what_stands_beside_the_weights()
    {
        using var folder = new TemporaryFolder();
        var model = TinyTask.Compiled();
        model.Architecture = "tiny";
        model.Fit(TinyTask.Data(), batchSize: 10);
        model.Save(folder.File("model"));
        using var file = WeightFile.Open(folder.File("model"));
        Assert.Equal("tiny", file.Metadata["architecture"]);
        Assert.Equal("6x6x2", file.Metadata["input"]);
        Assert.Equal("""["a","b","c"]""", file.Metadata["classes"]);
        Assert.Equal(model.Parameters.Count, file.Count);
        Assert.True(file.TryGet("stem.weight", out var stored));
        Assert.Equal(new Shape(17, 2, 3, 3), stored.Shape);
    }

    static IEnumerable<StoredTensor> Slots(Model model)
    {
        var optimizer = model.Compiled!.OptimizerState;
        foreach (var slot in optimizer.Optimizer.Slots)
            foreach (var parameter in optimizer.Parameters)
                yield return StoredTensor.Create($"optimizer.{slot}.{parameter.Name}", TorchLayout.ShapeOf(parameter.Shape), new float[parameter.Shape.Size]);
    }

    static void Break(Model model, int steps, ulong seed, bool resume = false)
    {
        using var cancellation = new CancellationTokenSource();
        model.Fit(TinyTask.Augmented(), epochs: 3, batchSize: 10, validation: TinyTask.Data(7), seed: seed, resume: resume,
            progress: new CancelAt(model, steps, cancellation), cancellationToken: cancellation.Token);
    }

    sealed class CancelAt(Model model, int steps, CancellationTokenSource cancellation) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (model.Compiled!.OptimizerState.Steps == steps) cancellation.Cancel();
        }
    }
}
