using ResNetSharp.Data;
using ResNetSharp.Layers;

namespace ResNetSharp.Training;

/// <summary>d2l.ai's way to train: plain gradient descent on the cross-entropy of logits, validated after each epoch.</summary>
/// <param name="maxEpochs">How often each picture is seen.</param>
/// <param name="batchSize">Pictures in a step; 128 in the book.</param>
/// <param name="seed">Decides the order of the pictures.</param>
public sealed class Trainer(int maxEpochs, int batchSize = 128, ulong seed = 0)
{
    /// <summary>Trains and validates.</summary>
    /// <param name="model">A classifier that gives logits.</param>
    /// <param name="learningRate">The size of a step.</param>
    /// <param name="train">What to train on.</param>
    /// <param name="validation">What to validate on.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <returns>Loss and accuracy of each epoch.</returns>
    public History Fit(Model model, float learningRate, Dataset train, Dataset? validation = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Compile(new Sgd(learningRate), new SparseCategoricalCrossentropy(fromLogits: true), new Accuracy());
        return model.Fit(train, maxEpochs, batchSize, validation, seed: seed, progress: progress, cancellationToken: cancellationToken);
    }
}
