namespace ResNetSharp.Data;

/// <summary>What a name or a path turned out to be.</summary>
/// <param name="Train">The training set, or the only one.</param>
/// <param name="Test">The test set, where there is one.</param>
/// <param name="Description">One line on what was found, and where.</param>
public sealed record ResolvedDataset(Dataset Train, Dataset? Test, string Description);
