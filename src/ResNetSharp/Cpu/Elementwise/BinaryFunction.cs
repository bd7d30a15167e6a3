namespace ResNetSharp.Cpu;

/// <summary>A function of two numbers.</summary>
internal enum BinaryFunction
{
    /// <summary>a + b</summary>
    Add,

    /// <summary>a - b</summary>
    Subtract,

    /// <summary>a times b</summary>
    Multiply,

    /// <summary>a / b</summary>
    Divide,

    /// <summary>The larger; NaN if either is.</summary>
    Maximum,

    /// <summary>The smaller; NaN if either is.</summary>
    Minimum,
}
