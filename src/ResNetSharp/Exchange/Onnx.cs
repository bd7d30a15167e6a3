using ResNetSharp.Formats;
using ResNetSharp.Layers;

namespace ResNetSharp.Exchange;

/// <summary>Networks in ONNX, the format that inference engines and other frameworks read and write (https://onnx.ai).</summary>
/// <example><code>
/// Onnx.Export(model, "model.onnx");
/// var same = Onnx.Import("model.onnx");
/// </code></example>
public static class Onnx
{
    /// <summary>Writes a model as other programs expect it: images are (batch, channels, height, width) with an open batch, weights have PyTorch's names.</summary>
    /// <remarks>
    /// The operators are of ONNX' set 17. Input and output are called <c>input</c> and <c>output</c>. Class names, preprocessing and architecture
    /// go into the file's metadata, as in <see cref="Model.Save"/>. A quantized model has 8-bit weights there, and pairs of QuantizeLinear and
    /// DequantizeLinear wherever numbers are rounded to bytes; engines make integer arithmetic of that.
    /// </remarks>
    /// <param name="model">A model that has seen an input.</param>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="fold">Whether batch normalizations become part of the weights of the convolutions before them.</param>
    /// <exception cref="InvalidOperationException">The model has not seen an input.</exception>
    /// <exception cref="NotSupportedException">The model computes something that ONNX cannot say.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Export(Model model, string path, bool fold = false)
    {
        using var onnx = Export(model, fold);
        onnx.Write(path);
    }

    /// <summary>As <see cref="Export(Model, string, bool)"/>, without a file. The weights are read from the model when they are asked for.</summary>
    /// <param name="model">A model that has seen an input.</param>
    /// <param name="fold">Whether batch normalizations become part of the weights of the convolutions before them.</param>
    /// <exception cref="InvalidOperationException">The model has not seen an input.</exception>
    /// <exception cref="NotSupportedException">The model computes something that ONNX cannot say.</exception>
    public static OnnxModel Export(Model model, bool fold = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return OnnxExporter.Export(model, fold);
    }

    /// <summary>
    /// Makes a model of an ONNX file, as PyTorch, timm, Keras and this library write them. Images go into it as (batch, height, width, channels),
    /// whatever the file's order is; convolutions, dense layers and normalizations are layers with the names of their weights, and can be trained on.
    /// </summary>
    /// <remarks>
    /// A file of a quantized network, with QuantizeLinear and DequantizeLinear, becomes a model that rounds where the file says so and multiplies
    /// bytes; it cannot be trained. Of a file with several outputs the first is the model's, unless another is asked for.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="output">The name of the output that the model gives, or of any value inside the graph, to get features; the first output by default.</param>
    /// <exception cref="InvalidDataException">The file is damaged, has several inputs or no such output, or uses an operator that is not supported; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Model Import(string path, string? output = null)
    {
        using var onnx = OnnxModel.Open(path);
        return OnnxImporter.Import(onnx, path, output);
    }

    /// <summary>As <see cref="Import(string, string)"/>, from a file's content. The weights are copied.</summary>
    /// <param name="onnx">The content.</param>
    /// <param name="name">A name for messages.</param>
    /// <param name="output">As for <see cref="Import(string, string)"/>.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Import(string, string)"/>.</exception>
    public static Model Import(OnnxModel onnx, string name = "model", string? output = null)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        return OnnxImporter.Import(onnx, name, output);
    }
}
