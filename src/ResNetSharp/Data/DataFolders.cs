namespace ResNetSharp.Data;

/// <summary>Where data sets are looked for.</summary>
static class DataFolders
{
    /// <summary>The environment variable that names a folder of data sets.</summary>
    public const string Variable = "RESNETSHARP_DATA";

    const string OfflineVariable = "RESNETSHARP_OFFLINE";

    const string Product = "resnetsharp";

    /// <summary>Whether the user wants nothing to be downloaded: <c>RESNETSHARP_OFFLINE</c> is set, to anything but 0.</summary>
    public static bool IsOffline => Environment.GetEnvironmentVariable(OfflineVariable) is { Length: > 0 } and not "0";

    /// <summary>The user's folder for files that can be downloaded again.</summary>
    public static string Cache { get; } = Path.Combine(CacheRoot(), Product);

    /// <summary>The folders to look into, in this order.</summary>
    public static IEnumerable<string> Search(ResolveOptions options)
    {
        if (options.DataDirectory is { } given) yield return given;
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } fromEnvironment) yield return fromEnvironment;
        yield return options.CacheDirectory ?? Cache;
    }

    static string CacheRoot()
    {
        if (OperatingSystem.IsWindows()) return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Caches");
        return Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(home, ".cache");
    }
}
