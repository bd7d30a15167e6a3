namespace ResNetSharp.Training;

/// <summary>The loss is no number any more. The weights are useless; load the last checkpoint, and lower the learning rate.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>An exception without a message.</summary>
    public TrainingDivergedException() { }

    /// <summary>An exception with a message.</summary>
    public TrainingDivergedException(string message) : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    public TrainingDivergedException(string message, Exception innerException) : base(message, innerException) { }
}
