using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

/// <summary>What a name or a path turned out to be.</summary>
/// <param name="Train">The training set, or the only one.</param>
/// <param name="Test">The test set, where there is one.</param>
/// <param name="Description">One line on what was found, and where.</param>
public sealed record ResolvedDataset(Dataset Train, Dataset? Test, string Description)
{
    /// <summary>What was wrong with each picture that was left out; empty unless <see cref="ResolveOptions.SkipBroken"/> is set.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>The same with pictures of one size.</summary>
    internal ResolvedDataset WithSize((int Height, int Width)? size)
    {
        if (size is not var (height, width) || (Train.ElementShape[0] == height && Train.ElementShape[1] == width)) return this;
        var geometry = PictureGeometry.Cover(height, width, Resampling.Bilinear);
        return this with { Train = Train.WithGeometry(geometry), Test = Test?.WithGeometry(geometry) };
    }
}
