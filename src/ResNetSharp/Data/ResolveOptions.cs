namespace ResNetSharp.Data;

/// <summary>Where to look for data sets, and how to read pictures.</summary>
public sealed record ResolveOptions
{
    /// <summary>A folder of data sets that is looked into first; none by default.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Where downloads are kept; by default a folder <c>resnetsharp</c> where the system keeps a user's caches.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Whether nothing may be downloaded; false by default, but for <c>RESNETSHARP_OFFLINE</c>, which forbids it everywhere.</summary>
    public bool Offline { get; init; }

    /// <summary>
    /// Height and width that pictures are brought to: each is resized to cover them, and what hangs over is cut off evenly. By default they
    /// stay as they are, and must all have one size.
    /// </summary>
    public (int Height, int Width)? Size { get; init; }

    /// <summary>Channels of pictures from files: 3 (the default) or 1.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Whether pictures that cannot be read are left out; by default they are errors.</summary>
    public bool SkipBroken { get; init; }

    /// <summary>Whether CIFAR-100 has its 20 coarse classes; by default the 100 fine ones.</summary>
    public bool CoarseLabels { get; init; }

    /// <summary>Is told how a download gets on; nobody by default.</summary>
    public IProgress<DownloadProgress>? Progress { get; init; }

    /// <summary>Ends a download.</summary>
    public CancellationToken CancellationToken { get; init; }
}
