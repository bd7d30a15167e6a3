using ResNetSharp.Data;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// Published weights by name. A file is looked for in the cache, in the folder <c>weights</c> of the one that <c>RESNETSHARP_DATA</c> names, and
/// where PyTorch and Keras keep what they have downloaded; it is fetched where it is in none of them. Each time, it is checked against the
/// publisher's hash before it is used. Proxies are those of the system or of <c>HTTPS_PROXY</c>. With <c>RESNETSHARP_OFFLINE=1</c> nothing is fetched.
/// </summary>
/// <example><code>
/// var model = Weights.Load("resnet50");                      // or ResNet.ResNet50(weights: "imagenet")
/// Console.WriteLine(model.Classify("car.jpg")[0]);
/// var small = Weights.Load("cifar10-resnet20");              // is part of the library
/// </code></example>
public static class Weights
{
    /// <summary>All that are known. The first of an architecture is the one that its name alone stands for.</summary>
    public static IReadOnlyList<PretrainedWeights> All { get; } = WeightsManifest.Read();

    /// <summary>The weights of a name.</summary>
    /// <param name="name">A name of <see cref="All"/>, or that of an architecture, in any case.</param>
    /// <exception cref="ArgumentException">There are none; the message says which names are near.</exception>
    public static PretrainedWeights Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (TryFind(name) is { } found) return found;
        var near = All.Select(weights => weights.Name).OrderBy(known => EditDistance.Between(known, name.ToLowerInvariant())).Take(3);
        throw new ArgumentException($"there are no weights '{name}'; near are {string.Join(", ", near)}", nameof(name));
    }

    /// <summary>Makes sure that a file of weights is on this machine.</summary>
    /// <param name="name">A name that <see cref="Find"/> knows.</param>
    /// <param name="cacheDirectory">Where downloads are kept, in a folder <c>weights</c>; by default where the system keeps a user's caches.</param>
    /// <param name="offline">Whether nothing may be fetched; false by default, but for <c>RESNETSHARP_OFFLINE</c>.</param>
    /// <param name="progress">Is told how the download gets on.</param>
    /// <returns>The path of the file, for <see cref="Model.LoadWeights"/>.</returns>
    /// <exception cref="ArgumentException">There are no such weights.</exception>
    /// <exception cref="FileNotFoundException">They are not on this machine and nothing may be fetched; the message says what to put where.</exception>
    /// <exception cref="InvalidDataException">What the server sent is not the published file.</exception>
    /// <exception cref="IOException">The server refused or the connection broke; what has come stays for the next attempt.</exception>
    public static string Download(string name, string? cacheDirectory = null, bool offline = false, IProgress<DownloadProgress>? progress = null) =>
        WeightsCache.FindOrFetch(Find(name), cacheDirectory, offline, progress, CancellationToken.None);

    /// <inheritdoc cref="Download"/>
    /// <param name="name">A name that <see cref="Find"/> knows.</param>
    /// <param name="cacheDirectory">Where downloads are kept, in a folder <c>weights</c>; by default where the system keeps a user's caches.</param>
    /// <param name="offline">Whether nothing may be fetched; false by default, but for <c>RESNETSHARP_OFFLINE</c>.</param>
    /// <param name="progress">Is told how the download gets on.</param>
    /// <param name="cancellationToken">Ends it; what has come stays for the next attempt.</param>
    public static Task<string> DownloadAsync(string name, string? cacheDirectory = null, bool offline = false,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        WeightsCache.FindOrFetchAsync(Find(name), cacheDirectory, offline, progress, cancellationToken);

    /// <summary>Makes a network with published weights, their class names and preprocessing: ready for <see cref="Model.Classify(string, int)"/>.</summary>
    /// <param name="name">A name that <see cref="Find"/> knows.</param>
    /// <param name="cacheDirectory">Where downloads are kept; see <see cref="Download"/>.</param>
    /// <param name="offline">Whether nothing may be fetched; see <see cref="Download"/>.</param>
    /// <param name="progress">Is told how the download gets on.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="ArgumentException">There are no such weights.</exception>
    /// <exception cref="IOException">They are not here and cannot be had; see <see cref="Download"/>.</exception>
    /// <exception cref="InvalidDataException">The file is not what was published.</exception>
    public static Model Load(string name, string? cacheDirectory = null, bool offline = false, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var weights = Find(name);
        var path = weights.Source is null ? null : WeightsCache.FindOrFetch(weights, cacheDirectory, offline, progress, cancellationToken);
        var architecture = Architectures.Find(weights.Architecture);
        var model = weights.IncludesTop ? architecture.Create(weights.ClassNames.Count, WeightsChoice.InputShape(weights)) : architecture.CreateBackbone();
        WeightsChoice.Fill(model, weights, path);
        return model;
    }

    /// <summary>The weights of a name, or null.</summary>
    internal static PretrainedWeights? TryFind(string name) =>
        All.FirstOrDefault(weights => weights.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? All.FirstOrDefault(weights => weights.Architecture.Equals(name, StringComparison.OrdinalIgnoreCase));
}
