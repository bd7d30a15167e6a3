namespace ResNetSharp;

/// <summary>Shapes do not fit together; the message shows them all and says what was expected.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>An exception without a message.</summary>
    public ShapeException() { }

    /// <summary>An exception with a message.</summary>
    public ShapeException(string message) : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    public ShapeException(string message, Exception innerException) : base(message, innerException) { }
}
