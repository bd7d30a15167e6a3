using ResNetSharp.Imaging;

namespace ResNetSharp.Layers;

public partial class Model
{
    bool? endsInSoftmax;

    /// <summary>
    /// Says what is in a picture: decodes it, prepares it as <see cref="Preprocessing"/> says, predicts, and ranks the classes. A model that gives
    /// logits gets a softmax. Any number of threads may call it at once.
    /// </summary>
    /// <param name="path">A picture file: JPEG, PNG or BMP.</param>
    /// <param name="top">How many classes to name; fewer if the model has fewer.</param>
    /// <returns>The likeliest classes, the first one first.</returns>
    /// <exception cref="InvalidOperationException">The model does not know how pictures become its inputs, or is no classifier.</exception>
    /// <exception cref="InvalidDataException">The file is no picture, or a damaged one.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<Classification> Classify(string path, int top = 5) => Classify(Image.Load(path), top);

    /// <inheritdoc cref="Classify(string, int)"/>
    /// <param name="picture">The content of a picture file, which is read to its end.</param>
    /// <param name="top">How many classes to name; fewer if the model has fewer.</param>
    public IReadOnlyList<Classification> Classify(Stream picture, int top = 5) => Classify(Image.Load(picture), top);

    /// <inheritdoc cref="Classify(string, int)"/>
    /// <param name="picture">The content of a picture file.</param>
    /// <param name="top">How many classes to name; fewer if the model has fewer.</param>
    public IReadOnlyList<Classification> Classify(ReadOnlySpan<byte> picture, int top = 5) => Classify(Image.Load(picture), top);

    /// <inheritdoc cref="Classify(string, int)"/>
    /// <param name="picture">A decoded picture.</param>
    /// <param name="top">How many classes to name; fewer if the model has fewer.</param>
    public IReadOnlyList<Classification> Classify(Image picture, int top = 5)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return new PictureClassifier(this, top).Classify(picture);
    }

    /// <summary>Says what is in many pictures, batch by batch, while the results are read.</summary>
    /// <param name="paths">Picture files. One that cannot be read is reported in its result and does not end the rest.</param>
    /// <param name="top">How many classes to name for each picture; fewer if the model has fewer.</param>
    /// <param name="batchSize">Pictures computed at once; does not change the result beyond rounding.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A result for each file, in the same order.</returns>
    /// <exception cref="InvalidOperationException">The model does not know how pictures become its inputs, or is no classifier.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IEnumerable<PictureClassification> Classify(IEnumerable<string> paths, int top = 5, int batchSize = 32, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var classifier = new PictureClassifier(this, top);
        return paths.Chunk(batchSize).SelectMany(chunk => classifier.Classify(chunk, cancellationToken));
    }

    /// <summary>Whether the model gives probabilities already, because it ends in a softmax.</summary>
    internal bool EndsInSoftmax() => endsInSoftmax ??= BuildFor(InputShape!.Value).Producer.Operation is Graph.Operations.Softmax;
}
