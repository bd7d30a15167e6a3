namespace ResNetSharp.Cli;

/// <summary>The user stopped the work, and everything is saved.</summary>
sealed class InterruptedException(string message) : Exception(message);
