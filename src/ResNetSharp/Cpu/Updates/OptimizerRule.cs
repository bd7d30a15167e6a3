namespace ResNetSharp.Cpu;

/// <summary>Whose formulas an optimizer follows where the frameworks differ.</summary>
internal enum OptimizerRule
{
    /// <summary>PyTorch: weight decay is added to the gradient.</summary>
    Torch,

    /// <summary>PyTorch's AdamW: weight decay shrinks the weights directly.</summary>
    TorchDecoupled,

    /// <summary>Keras 3: weight decay shrinks the weights directly, and the learning rate is inside the momentum.</summary>
    Keras,
}
