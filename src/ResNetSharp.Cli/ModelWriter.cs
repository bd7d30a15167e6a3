using ResNetSharp.Exchange;
using ResNetSharp.Formats;
using ResNetSharp.Layers;

namespace ResNetSharp.Cli;

/// <summary>Writes models in the format that a file's name asks for.</summary>
static class ModelWriter
{
    /// <summary>Whether a name asks for a list of named tensors, in which nothing of the model but its weights is.</summary>
    public static bool IsTensorList(string path) => Ending(path) is ".safetensors" or ".pth" or ".pt" or ".th";

    /// <summary>Whether a name asks for a format in which a model that computes with bytes would be one that does not.</summary>
    public static bool LosesQuantization(Model model, string path) => model.IsQuantized && Ending(path) switch
    {
        ".onnx" => false,
        ".safetensors" => model.Calibration is null,
        _ => true,
    };

    /// <summary>Writes a model with its weights.</summary>
    public static void Write(Model model, string path)
    {
        switch (Ending(path))
        {
            case ".safetensors":
                model.Save(path);
                break;
            case ".pth" or ".pt" or ".th":
                PyTorch.Write(path, model.Parameters.Select(parameter => new ParameterTensor(parameter.Name, parameter)));
                break;
            case ".onnx":
                Onnx.Export(model, path);
                break;
            case ".h5" or ".keras":
                model.SaveKeras(path);
                break;
            default:
                throw new UsageException($"'{path}' does not end in a format that can be written: .safetensors, .pth, .pt, .th, .onnx, .keras or .h5");
        }
    }

    /// <summary>Copies a list of named tensors, as it is, to another format of such lists.</summary>
    public static void Copy(WeightFile from, string path)
    {
        if (Ending(path) == ".safetensors") SafeTensors.Write(path, from, from.Metadata);
        else PyTorch.Write(path, from);
    }

    static string Ending(string path) => Path.GetExtension(path).ToLowerInvariant();
}
