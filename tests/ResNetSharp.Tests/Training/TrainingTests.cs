using ResNetSharp.Data;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Planning;
using ResNetSharp.Tests.Formats;
using ResNetSharp.Tests.Graph;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Training;

/// <summary>Losses, metrics, callbacks and errors of training and evaluation.</summary>
public sealed class TrainingTests
{
    [Fact]
    public void Loss_of_a_softmax_is_taken_from_its_logits_and_is_that_of_the_probabilities()
    {
        var model = TinyTask.Model(dropout: false, softmax: true);
        var labels = new Input(new Shape(4), ElementType.Int32).Apply();
        var loss = new SparseCategoricalCrossentropy().Apply(model.BuildFor((4, 6, 6, 2)), labels);
        Assert.Equal(LossFunction.SoftmaxCrossEntropy, Assert.IsType<ClassificationLoss>(loss.Producer.Operation).Function);
        model.Compile(new Sgd(), new SparseCategoricalCrossentropy());
        var data = TinyTask.Data();
        var probabilities = model.Predict(data).ToArray();
        var expected = Enumerable.Range(0, data.Count).Average(i => -Math.Log(probabilities[i * TinyTask.Classes + data.GetLabel(i)]));
        Assert.Equal(expected, model.Evaluate(data, batchSize: 10).Loss, 1e-6);
    }

    [Fact]
    public void Figures_are_means_over_pictures_not_over_batches()
    {
        var figures = new RunningFigures([new Accuracy()]);
        figures.Add(1, [1, 0, 1, 0, 1, 0], [0, 0, 0]);
        figures.Add(5, [1, 0], [1]);
        Assert.Equal(2, figures.Loss);
        Assert.Equal(0.75, figures.FirstMetric);
        Assert.True(double.IsNaN(new RunningFigures([]).Loss));
    }

    [Fact]
    public void Evaluation_sees_the_predictions_that_Predict_gives()
    {
        var model = TinyTask.Model();
        var recorder = new Recorder();
        model.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: true), recorder, new Accuracy());
        model.Fit(TinyTask.Data(), batchSize: 10);
        recorder.Seen.Clear();
        var result = model.Evaluate(TinyTask.Data(), batchSize: 10);
        var predictions = model.Predict(TinyTask.Data(), batchSize: 10);
        Tolerance.SameBits(recorder.Seen.ToArray(), predictions.ToArray(), "predictions");
        var right = Enumerable.Range(0, 37).Count(i =>
        {
            var row = predictions.ToArray().AsSpan(i * 3, 3).ToArray();
            return Array.IndexOf(row, row.Max()) == i % 3;
        });
        Assert.Equal(right / 37.0, result.Metrics["accuracy"], 1e-12);
        Assert.Equal(37, result.Images);
    }

    [Fact]
    public void Metrics_of_ties_and_of_what_is_no_number()
    {
        const float nan = float.NaN;
        Assert.Equal(1, new Accuracy().Sum([0.5f, 0.5f, 0], 3, [0])); // the lower class wins a tie
        Assert.Equal(0, new Accuracy().Sum([0.5f, 0.5f, 0], 3, [1]));
        Assert.Equal(1, new TopKAccuracy(2).Sum([0.5f, 0.5f, 0.5f], 3, [1]));
        Assert.Equal(0, new TopKAccuracy(2).Sum([0.5f, 0.5f, 0.5f], 3, [2]));
        Assert.Equal(1, new TopKAccuracy(5).Sum([1, 2, 3], 3, [0])); // fewer classes than k
        Assert.Equal(0, new Accuracy().Sum([nan, 0, 0], 3, [0]));
        Assert.Equal(0, new TopKAccuracy(3).Sum([nan, nan, nan], 3, [1]));
        Assert.Equal(1, new Accuracy().Sum([nan, 2, 1], 3, [1]));
        Assert.Equal(2, new Accuracy().Sum([1, 0, 0, 1, 1, 0], 2, [0, 1, 1]));
        Assert.Equal("top2", new TopKAccuracy(2).Name);
    }

    [Fact]
    public void Training_that_diverges_says_where()
    {
        var model = TinyTask.Compiled(new Sgd(1e30f));
        var error = Assert.Throws<TrainingDivergedException>(() => model.Fit(TinyTask.Data(), epochs: 3, batchSize: 10));
        Assert.Contains("learning rate 1E+30", error.Message, StringComparison.Ordinal);
        Assert.Contains("epoch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_and_classes_that_do_not_fit_are_refused()
    {
        var model = TinyTask.Compiled();
        var four = Dataset.FromArrays(new float[4 * 72], (6, 6, 2), [0, 1, 2, 3]);
        foreach (var act in new Action[] { () => model.Fit(four), () => model.Evaluate(four) })
            Assert.Contains("4 classes", Assert.Throws<ShapeException>(act).Message, StringComparison.Ordinal);
        var compiled = new CompiledModel(model, new Sgd(), new SparseCategoricalCrossentropy(fromLogits: true), new ArenaPool());
        var plan = compiled.Training((2, 6, 6, 2));
        foreach (var label in new[] { 3, -1 })
            Assert.Contains($"label {label}", Assert.Throws<InvalidDataException>(() => plan.Fill(new float[144], [0, label])).Message, StringComparison.Ordinal);
        var other = Dataset.FromArrays(new float[2 * 75], (5, 5, 3), [0, 1]);
        Assert.Contains("(?, 5, 5, 3)", Assert.Throws<ShapeException>(() => model.Fit(other)).Message, StringComparison.Ordinal);
        var unpooled = new Sequential(new Conv2D(3, 1));
        unpooled.Compile(new Sgd(), new SparseCategoricalCrossentropy(fromLogits: true));
        Assert.Throws<ShapeException>(() => unpooled.Fit(TinyTask.Data()));
    }

    [Fact]
    public void Early_stopping_counts_epochs_that_were_not_better_as_Keras_does()
    {
        var model = TinyTask.Compiled();
        model.Build(6, 6, 2);
        double[] losses = [3, 2, 2.5, 1.95, 2.2, 2.1, 2];
        Assert.Equal(2, Stops(new EarlyStopping(patience: 0)));
        Assert.Equal(2, Stops(new EarlyStopping(patience: 1)));
        Assert.Equal(5, Stops(new EarlyStopping(patience: 2)));
        Assert.Equal(4, Stops(new EarlyStopping(patience: 3, minDelta: 0.1)));
        Assert.Equal(1, Stops(new EarlyStopping("val_accuracy"), "val_accuracy", [0.5, 0.4]));
        Assert.Equal(2, Stops(new EarlyStopping("val_accuracy"), "val_accuracy", [0.4, 0.5]));
        var error = Assert.Throws<ArgumentException>(() => new EarlyStopping("val_top5").OnEpochEnd(model, Result("loss", 1)));
        Assert.Contains("val_top5", error.Message, StringComparison.Ordinal);

        int Stops(EarlyStopping callback, string name = "val_loss", double[]? values = null)
        {
            values ??= losses;
            callback.OnTrainBegin(model);
            for (var epoch = 0; epoch < values.Length; epoch++)
                if (!callback.OnEpochEnd(model, Result(name, values[epoch])))
                    return epoch;
            return values.Length;
        }
    }

    [Fact]
    public void Early_stopping_puts_the_best_weights_back()
    {
        var model = TinyTask.Compiled();
        var keeper = new Keeper();
        // The learning rate jumps so high that the second epoch is worse.
        model.Compile(new Sgd(new Jump()), new SparseCategoricalCrossentropy(fromLogits: true));
        var history = model.Fit(TinyTask.Data(), epochs: 5, batchSize: 37, validation: TinyTask.Data(9), callbacks: [new EarlyStopping(restoreBestWeights: true), keeper]);
        Assert.Equal(2, history.Epochs.Count);
        Assert.Equal(keeper.Epochs[0], TinyTask.Values(model));
        Assert.NotEqual(keeper.Epochs[1], TinyTask.Values(model));
    }

    [Fact]
    public void Model_checkpoint_keeps_the_best()
    {
        using var folder = new TemporaryFolder();
        var model = TinyTask.Compiled();
        model.Fit(TinyTask.Data(), batchSize: 37);
        var callback = new ModelCheckpoint(folder.File("best"), "val_accuracy", saveBestOnly: true);
        callback.OnEpochEnd(model, Result("val_accuracy", 0.5));
        var first = File.ReadAllBytes(folder.File("best"));
        model.Initialize(5);
        callback.OnEpochEnd(model, Result("val_accuracy", 0.4));
        Assert.Equal(first, File.ReadAllBytes(folder.File("best")));
        callback.OnEpochEnd(model, Result("val_accuracy", 0.6));
        Assert.NotEqual(first, File.ReadAllBytes(folder.File("best")));
        Assert.Equal(0.6, callback.Best);
        model.Fit(TinyTask.Data(), batchSize: 37, callbacks: [new ModelCheckpoint(folder.File("state"), withTraining: true)]);
        var resumed = TinyTask.Compiled();
        resumed.LoadCheckpoint(folder.File("state"));
        TinyTask.SameState(model, resumed);
    }

    [Fact]
    public void Validation_split_takes_the_end_of_the_data()
    {
        var model = TinyTask.Compiled(new Sgd(0), dropout: false);
        var history = model.Fit(TinyTask.Data(40), batchSize: 40, validationSplit: 0.25);
        Assert.Equal(model.Evaluate(TinyTask.Data(40).Split(0.75).Item2).Loss, history["val_loss"][0], 1e-6);
    }

    static EpochResult Result(string name, double value) => new(1, new Dictionary<string, double> { [name] = value }, 0, 0, 0);

    sealed class Recorder : Metric
    {
        public List<float> Seen { get; } = [];

        public override string Name => "recorder";

        public override double Sum(ReadOnlySpan<float> predictions, int classes, ReadOnlySpan<int> labels)
        {
            Seen.AddRange(predictions.ToArray());
            return 0;
        }
    }

    sealed class Keeper : Callback
    {
        public List<float[][]> Epochs { get; } = [];

        public override bool OnEpochEnd(Model model, EpochResult result)
        {
            Epochs.Add(TinyTask.Values(model));
            return true;
        }
    }

    sealed class Jump : LearningRateSchedule
    {
        public override float At(long step) => step == 0 ? 0.01f : 1000;
    }
}
