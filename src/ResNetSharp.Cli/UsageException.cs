namespace ResNetSharp.Cli;

/// <summary>The user asked for something that cannot be; the message is one sentence on what was wrong and what to do.</summary>
sealed class UsageException(string message) : Exception(message);
