using ResNetSharp.Data;
using ResNetSharp.Formats;

namespace ResNetSharp.Models;

/// <summary>Finds files of weights on this machine, and fetches them where they are not.</summary>
internal static class WeightsCache
{
    const string Folder = "weights";

    /// <inheritdoc cref="FindOrFetchAsync"/>
    public static string FindOrFetch(PretrainedWeights weights, string? cacheDirectory, bool offline, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken) =>
        // On another thread, so that no context of the caller's waits for itself.
        Task.Run(() => FindOrFetchAsync(weights, cacheDirectory, offline, progress, cancellationToken), cancellationToken).GetAwaiter().GetResult();

    /// <summary>The path of a file that has been checked.</summary>
    /// <exception cref="FileNotFoundException">It is not here and nothing may be fetched.</exception>
    /// <exception cref="InvalidDataException">What is there, or what the server sent, is not the published file.</exception>
    /// <exception cref="IOException">The download failed.</exception>
    public static async Task<string> FindOrFetchAsync(PretrainedWeights weights, string? cacheDirectory, bool offline,
        IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(cacheDirectory ?? DataFolders.Cache, Folder);
        var destination = Path.Combine(folder, weights.FileName);
        if (weights.Source is null) return Extract(weights, destination);
        foreach (var place in Places(folder).Select(place => Path.Combine(place, weights.FileName)))
            if (File.Exists(place) && await IsSoundAsync(place, weights, cancellationToken).ConfigureAwait(false)) return place;
        if (offline || DataFolders.IsOffline) throw Missing(weights, destination);
        try
        {
            await Data.Download.FileAsync(weights.Source, destination, weights.Checksum, progress, cancellationToken, replacesDamaged: true).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new IOException($"{e.Message}; try again, or fetch the file in another way and put it into {folder}", e);
        }
        return destination;
    }

    /// <summary>Opens weights that are part of the library.</summary>
    public static WeightFile OpenShipped(PretrainedWeights weights) => WeightFile.Open(ReadShipped(weights), weights.FileName);

    static byte[] ReadShipped(PretrainedWeights weights)
    {
        using var stream = typeof(WeightsCache).Assembly.GetManifestResourceStream(weights.FileName)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    static string Extract(PretrainedWeights weights, string destination)
    {
        var content = ReadShipped(weights);
        if (File.Exists(destination) && File.ReadAllBytes(destination).AsSpan().SequenceEqual(content)) return destination;
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        AtomicFile.Write(destination, content.Length, stream => stream.Write(content));
        return destination;
    }

    static async Task<bool> IsSoundAsync(string path, PretrainedWeights weights, CancellationToken cancellationToken) =>
        weights.Checksum is null || await weights.Checksum.MatchesAsync(path, cancellationToken).ConfigureAwait(false);

    // What torch.hub and keras.utils.get_file have fetched has the same names.
    static IEnumerable<string> Places(string folder)
    {
        yield return folder;
        if (Environment.GetEnvironmentVariable(DataFolders.Variable) is { Length: > 0 } data) yield return Path.Combine(data, Folder);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var torch = Environment.GetEnvironmentVariable("TORCH_HOME") is { Length: > 0 } given ? given : Path.Combine(home, ".cache", "torch");
        yield return Path.Combine(torch, "hub", "checkpoints");
        yield return Path.Combine(home, ".keras", "models");
    }

    static Exception Missing(PretrainedWeights weights, string destination) => File.Exists(destination)
        ? new InvalidDataException($"{destination} is not the published file, whose {weights.Checksum!.Algorithm} {weights.Checksum.Beginning}; downloads are off, so fetch {weights.Source} again and put it there")
        : new FileNotFoundException($"{weights.Name} is not on this machine and downloads are off; fetch {weights.Source} and put it into {Path.GetDirectoryName(destination)}");
}
