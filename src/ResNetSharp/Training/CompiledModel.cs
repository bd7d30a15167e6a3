using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Planning;

namespace ResNetSharp.Training;

/// <summary>
/// A model with its loss and optimizer, and the plans made of them: one for each input shape, purpose and precision.
/// </summary>
/// <param name="model">The network.</param>
/// <param name="optimizer">How parameters follow their gradients; null for a model that only predicts.</param>
/// <param name="loss">What is made small; null for a model that only predicts.</param>
/// <param name="arena">Where the plans' memory comes from.</param>
/// <param name="recompute">Whether training computes cheap activations a second time instead of keeping them.</param>
internal sealed class CompiledModel(Model model, Optimizer? optimizer, Loss? loss, ArenaPool arena, bool recompute = false)
{
    /// <summary>
    /// Plans kept for each purpose: for full and last batches and for a few sizes of pictures. Each holds packed weights of the whole model,
    /// so a program that meets pictures of any size must not keep them all.
    /// </summary>
    internal const int KeptPlans = 8;

    readonly RecentPlans<(Shape Inputs, bool Narrow), StepPlan> training = new(KeptPlans);
    readonly RecentPlans<(Shape Inputs, bool Narrow), StepPlan> evaluation = new(KeptPlans);
    OptimizerState? state;
    IReadOnlyList<Parameter>? changed;

    /// <summary>The optimizer's memory: how many steps were done, and what it keeps for each parameter.</summary>
    public OptimizerState OptimizerState => state ??= new OptimizerState(optimizer!, [.. model.TrainableParameters]);

    /// <summary>How many plans of evaluations are kept.</summary>
    public int EvaluationPlans => evaluation.Count;

    /// <summary>Parameters that a training step writes: those that are learned, and the running statistics.</summary>
    public IReadOnlyList<Parameter> ChangedByTraining => changed ??= [.. model.Parameters.Where(p => !p.Frozen)];

    /// <summary>The plan of a training step for batches of a shape.</summary>
    public StepPlan Training(Shape inputs)
    {
        var narrow = model.Precision.IsNarrow(isTraining: true);
        if (training.Find((inputs, narrow)) is { } found) return found;
        var (images, labels) = Places(inputs);
        var predictions = model.Describe(images);
        CheckRows(predictions.Shape);
        var forward = Passes.ForTraining([loss!.Apply(predictions, labels), predictions]);
        var parameters = model.TrainableParameters.ToList();
        var reads = Reads(forward);
        var updates = new List<Tensor>();
        var gradients = Autodiff.Gradients(forward[0], [.. parameters.Where(reads.ContainsKey).Select(p => reads[p])]);
        var trained = parameters.Where(reads.ContainsKey).ToList();
        for (var i = 0; i < trained.Count; i++)
            if (gradients[i] is { } gradient)
                updates.Add(new ParameterUpdate(trained[i], OptimizerState).Apply(gradient));
        var roots = new BackwardFusion().Rewrite([.. forward, .. updates]);
        roots = Recomputation.Apply(roots, recompute);
        if (narrow) roots = Narrowing.Of(roots);
        var plan = new Plan(roots[..2], roots[2..], arena);
        return training.Add((inputs, narrow), new StepPlan(plan, images, labels, roots[0], roots[1]));
    }

    /// <summary>The plan of a prediction, with the loss where there is one, for batches of a shape.</summary>
    public StepPlan Evaluation(Shape inputs)
    {
        var narrow = model.Precision.IsNarrow(isTraining: false);
        if (evaluation.Find((inputs, narrow)) is { } found) return found;
        var (images, labels) = Places(inputs);
        var predictions = model.Describe(images);
        Tensor[] wanted = [predictions];
        if (loss is not null)
        {
            CheckRows(predictions.Shape);
            wanted = [predictions, loss.Apply(predictions, labels)];
        }
        var roots = Passes.ForInference(wanted);
        if (model.Calibration is { } table) roots = QuantizationPass.Rewrite(roots, table);
        else if (RoundingPass.Applies(roots)) roots = new RoundingPass().Rewrite(roots);
        else if (narrow) roots = Narrowing.Of(roots);
        roots = new NormalizationFusion().Rewrite(roots);
        var plan = new Plan(roots, [], arena);
        return evaluation.Add((inputs, narrow), new StepPlan(plan, images, labels, loss is null ? null : roots[1], roots[0]));
    }

    /// <summary>Drops the plans of predictions, because they are to be computed in another way.</summary>
    public void ForgetEvaluation() => evaluation.Clear();

    static (Tensor Images, Tensor Labels) Places(Shape inputs) =>
        (Tensor.Input(inputs), new Input(new Shape(inputs[0]), ElementType.Int32).Apply());

    static Dictionary<Parameter, Tensor> Reads(IReadOnlyList<Tensor> outputs)
    {
        var reads = new Dictionary<Parameter, Tensor>();
        foreach (var node in Node.Reachable(outputs))
            if (ParameterRead.Of(node.Outputs[0]) is { } parameter)
                reads[parameter] = node.Outputs[0];
        return reads;
    }

    static void CheckRows(Shape predictions)
    {
        if (predictions.Rank != 2)
            throw new ShapeException($"a classifier ends in rows of shape (batch, classes), but the model gives {predictions}; pool or flatten first");
    }
}

/// <summary>A plan with the places where a batch goes in and the figures come out.</summary>
internal sealed class StepPlan(Plan plan, Tensor images, Tensor labels, Tensor? loss, Tensor predictions)
{
    public Plan Plan => plan;

    /// <summary>The tensor of the loss, with which the forward pass ends; null for a prediction without one.</summary>
    public Tensor? LossTensor => loss;

    public Span<float> Images => plan.Floats(images);

    public Span<float> Predictions => plan.Floats(predictions);

    public Shape PredictionShape => predictions.Shape;

    public float Loss => loss is null ? float.NaN : plan.Floats(loss)[0];

    /// <summary>Copies a batch to where the plan reads it.</summary>
    public void Fill(ReadOnlySpan<float> batchImages, ReadOnlySpan<int> batchLabels)
    {
        batchImages.CopyTo(Images);
        if (loss is null) return;
        var classes = predictions.Shape[1];
        foreach (var label in batchLabels)
            if ((uint)label >= (uint)classes)
                throw new InvalidDataException($"label {label} is out of range: the model has {classes} outputs, so labels go from 0 to {classes - 1}");
        batchLabels.CopyTo(plan.Labels(labels));
    }
}
