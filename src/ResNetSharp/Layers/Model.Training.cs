using ResNetSharp.Data;
using ResNetSharp.Planning;
using ResNetSharp.Training;

namespace ResNetSharp.Layers;

public partial class Model
{
    readonly ArenaPool arena = new();
    CompiledModel? compiled;
    CompiledModel? predictor;
    IReadOnlyList<Metric> metrics = [];
    Optimizer? optimizer;
    Loss? loss;

    /// <summary>Where the last training stands; null before one.</summary>
    internal TrainingState? TrainingState { get; set; }

    /// <summary>What the model is trained with; null before <see cref="Compile(Optimizer, Loss, Metric[])"/>.</summary>
    internal CompiledModel? Compiled => compiled;

    /// <summary>
    /// What training, evaluation and prediction compute with; <see cref="Precision.Float32"/> unless set. May be changed at any time:
    /// parameters, checkpoints and weight files are 32-bit always.
    /// </summary>
    public Precision Precision { get; set; }

    /// <summary>Chooses how the model is trained. To be called again after <c>Freeze</c> or <c>Unfreeze</c>.</summary>
    /// <param name="optimizer">How parameters follow their gradients.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="metrics">What is measured besides.</param>
    public void Compile(Optimizer optimizer, Loss loss, params Metric[] metrics) => Compile(optimizer, loss, metrics, recompute: false);

    /// <summary>Chooses how the model is trained, with all options. To be called again after <c>Freeze</c> or <c>Unfreeze</c>.</summary>
    /// <param name="optimizer">How parameters follow their gradients.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="metrics">What is measured besides.</param>
    /// <param name="recompute">
    /// Whether a training step lets go of activations that cost little work for their size, and computes them again for the gradients. Takes
    /// about half the memory and somewhat more time; the result is bitwise the same.
    /// </param>
    public void Compile(Optimizer optimizer, Loss loss, IReadOnlyList<Metric> metrics, bool recompute)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(metrics);
        this.optimizer = optimizer;
        this.loss = loss;
        this.metrics = [.. metrics];
        compiled = new CompiledModel(this, optimizer, loss, arena, recompute);
        predictor = null;
        TrainingState = null;
    }

    /// <summary>Chooses how the model is trained, and the numbers that it computes with.</summary>
    /// <param name="optimizer">How parameters follow their gradients.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="precision">Sets <see cref="Precision"/>.</param>
    /// <param name="metrics">What is measured besides.</param>
    public void Compile(Optimizer optimizer, Loss loss, Precision precision, params Metric[] metrics)
    {
        Compile(optimizer, loss, metrics);
        Precision = precision;
    }

    /// <summary>Trains.</summary>
    /// <param name="train">Pictures and labels.</param>
    /// <param name="epochs">How often each picture is seen; with <paramref name="resume"/>, those before included.</param>
    /// <param name="batchSize">Pictures in a step.</param>
    /// <param name="validation">What is evaluated after each epoch; nothing if not given.</param>
    /// <param name="validationSplit">Without <paramref name="validation"/>: the part at the end of <paramref name="train"/> that is evaluated instead of trained on.</param>
    /// <param name="seed">Decides the order of pictures, augmentation and dropout. The same seed gives bitwise the same weights.</param>
    /// <param name="callbacks">Told after each epoch; may end the training.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="resume">Whether to go on where the last training of this model, or the one that its checkpoint was taken from, stopped.</param>
    /// <param name="cancellationToken">Ends the training after the current step; the model can then be saved and resumed.</param>
    /// <returns>Loss and metrics of each epoch.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled, is quantized, or there is nothing to resume.</exception>
    /// <exception cref="ShapeException">Data and model do not fit.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or no number.</exception>
    public History Fit(Dataset train, int epochs = 1, int batchSize = 32, Dataset? validation = null, double validationSplit = 0, ulong seed = 0,
        IReadOnlyList<Callback>? callbacks = null, IProgress<TrainingProgress>? progress = null, bool resume = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        RequireFloatingPoint("trained");
        var current = RequireCompiled();
        if (validation is null && validationSplit > 0) (train, validation) = train.Split(1 - validationSplit);
        CheckClasses(train);
        if (!resume) TrainingState = new TrainingState(seed, metrics.Count);
        else if (TrainingState is null) throw new InvalidOperationException("there is no training to resume; load a checkpoint that was saved while training");
        if (train.ClassNames.Count > 0) ClassNames = train.ClassNames;
        var options = new FitOptions(train, validation, epochs, batchSize, callbacks ?? [], progress);
        return new TrainingLoop(this, current, metrics, TrainingState, options).Run(cancellationToken);
    }

    /// <summary>Measures loss and metrics.</summary>
    /// <param name="data">Pictures and labels.</param>
    /// <param name="batchSize">Pictures computed at once; does not change the result beyond rounding.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Ends the evaluation.</param>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ShapeException">Data and model do not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public EvaluationResult Evaluate(Dataset data, int batchSize = 32, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var current = RequireCompiled();
        CheckClasses(data);
        return new EvaluationLoop(current, metrics).Run(data, batchSize, progress, cancellationToken);
    }

    /// <summary>Computes the model's output for some inputs. Needs no <see cref="Compile(Optimizer, Loss, Metric[])"/>. Any number of threads may call it at once.</summary>
    /// <param name="images">The inputs, (batch, height, width, channels), as the model was trained on.</param>
    /// <returns>The output, (batch, classes) for a classifier.</returns>
    /// <exception cref="ShapeException">The inputs do not fit the model.</exception>
    public Tensor Predict(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var numbers = images.ToArray();
        // Plans of a model share their memory, so its predictions follow one another.
        lock (arena)
        {
            var plan = Predictor.Evaluation(images.Shape);
            plan.Fill(numbers, []);
            plan.Plan.Run();
            return Tensor.From(plan.Predictions, plan.PredictionShape);
        }
    }

    /// <summary>Makes what the first prediction for inputs of a shape would wait for.</summary>
    /// <exception cref="ShapeException">The inputs do not fit the model.</exception>
    internal void PreparePrediction(Shape inputs)
    {
        lock (arena) Predictor.Evaluation(inputs).Plan.Prepare();
    }

    /// <summary>Computes the model's output for a data set, batch by batch. Needs no <see cref="Compile(Optimizer, Loss, Metric[])"/>.</summary>
    /// <param name="data">The inputs.</param>
    /// <param name="batchSize">Pictures computed at once.</param>
    /// <param name="cancellationToken">Ends the prediction.</param>
    /// <returns>The outputs, (count, classes) for a classifier.</returns>
    /// <exception cref="ShapeException">Data and model do not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor Predict(Dataset data, int batchSize = 32, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var loader = new Loader(data, batchSize, shuffle: false);
        float[] all = [];
        var shape = new Shape(0);
        var filled = 0;
        foreach (var batch in loader.Epoch(0, 0, cancellationToken))
        {
            lock (arena)
            {
                var plan = Predictor.Evaluation(new Shape([batch.Count, .. batch.ElementShape]));
                plan.Fill(batch.Images, []);
                plan.Plan.Run();
                if (filled == 0)
                {
                    shape = plan.PredictionShape.With(0, data.Count);
                    all = new float[shape.Size];
                }
                plan.Predictions.CopyTo(all.AsSpan(filled));
                filled += plan.Predictions.Length;
            }
        }
        return Tensor.From(all, shape);
    }

    /// <summary>How many plans of predictions are kept; for tests.</summary>
    internal int PredictionPlans => Predictor.EvaluationPlans;

    CompiledModel Predictor => predictor ??= new CompiledModel(this, null, null, arena);

    CompiledModel RequireCompiled() => compiled ?? throw new InvalidOperationException("the model is not compiled: call Compile with an optimizer, a loss and metrics first");

    void CheckClasses(Dataset data)
    {
        var output = BuildFor(new Shape([Shape.Unknown, .. data.ElementShape]));
        if (output.Shape.Rank == 2 && data.ClassNames.Count > output.Shape[1])
            throw new ShapeException($"the data has {data.ClassNames.Count} classes, but the model's output of shape {output.Shape} has {output.Shape[1]}");
    }
}
