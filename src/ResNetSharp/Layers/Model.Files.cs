using ResNetSharp.Formats;
using ResNetSharp.Imaging;
using ResNetSharp.Training;

namespace ResNetSharp.Layers;

public partial class Model
{
    /// <summary>The name under which the model can be made again, such as <c>resnet50</c>; kept in files. Null for a network of one's own.</summary>
    public string? Architecture { get; set; }

    /// <summary>How a picture becomes an input; kept in files. Null until training or a file gives it.</summary>
    public Preprocessing? Preprocessing { get; set; }

    /// <summary>
    /// Writes the parameters to a safetensors file, under PyTorch's names and in its order, with class names, architecture and preprocessing
    /// as metadata. The file is complete or not there.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidOperationException">The model has no parameters yet, because it has not seen an input.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        RequireParameters();
        Checkpoint.Save(path, this, withTraining: false);
    }

    /// <summary>
    /// Writes a file that Keras 3 reads, in the format that its name asks for: <c>.keras</c> or legacy <c>.h5</c>, a whole model that
    /// <c>keras.models.load_model</c> makes again without any code; <c>.weights.h5</c>, the weights alone, for <c>load_weights</c>. The model becomes a
    /// Functional one of Keras' own layers, whatever it was described by. Class names and preprocessing go along; Keras ignores them. The file is
    /// complete or not there.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException">The name is none of Keras'.</exception>
    /// <exception cref="InvalidOperationException">The model has no parameters yet, because it has not seen an input.</exception>
    /// <exception cref="NotSupportedException">The model does something that no layer of Keras does; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveKeras(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        RequireParameters();
        Models.KerasModelWriter.Write(this, path);
    }

    /// <summary>Like <see cref="Save"/>, with the state of the training, from which <see cref="LoadCheckpoint"/> and Fit(resume: true) go on bit for bit.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidOperationException">The model has not been trained.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveCheckpoint(string path)
    {
        if (TrainingState is null) throw new InvalidOperationException("the model has not been trained, so there is no training to save; use Save");
        Checkpoint.Save(path, this, withTraining: true);
    }

    /// <summary>Puts a training back where <see cref="SaveCheckpoint"/> left it. The model has to be compiled as it was then.</summary>
    /// <param name="path">The file.</param>
    /// <param name="elementShape">The shape of one input, (height, width, channels); needed only if the model has not seen an input yet.</param>
    /// <exception cref="InvalidOperationException">The model is not compiled, or has not seen an input.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or is not of this model and optimizer.</exception>
    public void LoadCheckpoint(string path, Shape? elementShape = null)
    {
        if (elementShape is { } shape) BuildFor(new Shape([Shape.Unknown, .. shape]));
        RequireParameters();
        Checkpoint.Resume(path, this, RequireCompiled(), metrics.Count);
    }

    /// <summary>
    /// Reads parameters from a weight file: PyTorch's and safetensors by name; Keras' by the names of its layers where they are the model's, otherwise
    /// by the order of the layers that have weights.
    /// </summary>
    /// <param name="path">The file; its content tells the format.</param>
    /// <param name="strict">Whether all parameters have to be there, with the right shapes, and nothing else.</param>
    /// <param name="elementShape">The shape of one input, (height, width, channels); needed only if the model has not seen an input yet.</param>
    /// <returns>What was loaded and what did not fit.</returns>
    /// <exception cref="InvalidOperationException">The model has not seen an input, so its parameters do not exist yet.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or, strict, does not fit; the message lists everything that does not.</exception>
    public LoadReport LoadWeights(string path, bool strict = true, Shape? elementShape = null)
    {
        if (elementShape is { } shape) BuildFor(new Shape([Shape.Unknown, .. shape]));
        RequireFloatingPoint("loaded over");
        RequireParameters();
        if (FormatDetection.IsKeras(path))
        {
            using var layers = KerasWeights.Open(path);
            return KerasCheckpoint.LoadWeights(layers, this, strict);
        }
        using var file = WeightFile.Open(path);
        return Checkpoint.LoadWeights(file, this, strict);
    }

    void RequireParameters()
    {
        if (graph is null && InputShape is null)
            throw new InvalidOperationException("the model has not seen an input yet, so its parameters do not exist; call Build(height, width, channels) first");
    }
}
