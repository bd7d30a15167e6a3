namespace ResNetSharp.Formats;

/// <summary>The kinds of weight files.</summary>
public enum WeightFormat
{
    /// <summary>safetensors: a JSON header and the numbers.</summary>
    SafeTensors,

    /// <summary>What <c>torch.save</c> writes since PyTorch 1.6: a zip archive.</summary>
    PyTorchZip,

    /// <summary>What <c>torch.save</c> wrote before PyTorch 1.6: pickles followed by the numbers.</summary>
    PyTorchLegacy,

    /// <summary>What <c>torch.save</c> wrote in 2016 and early 2017: a tar archive.</summary>
    PyTorchTar,

    /// <summary>HDF5, as Keras writes <c>.h5</c> and <c>.weights.h5</c> files.</summary>
    Hdf5,

    /// <summary>A Keras 3 <c>.keras</c> archive.</summary>
    KerasArchive,

    /// <summary>ONNX; its tensors are the graph's weights.</summary>
    Onnx,
}
