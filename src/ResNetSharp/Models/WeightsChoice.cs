using ResNetSharp.Formats;
using ResNetSharp.Imaging;
using ResNetSharp.Layers;
using ResNetSharp.Training;

namespace ResNetSharp.Models;

/// <summary>What the argument <c>weights</c> of a network's constructor means: a file, or published weights.</summary>
/// <param name="Architecture">The name of the network's architecture.</param>
/// <param name="Path">The file; null for published weights.</param>
/// <param name="Published">The published weights; null for a file.</param>
internal sealed record WeightsChoice(string Architecture, string? Path, PretrainedWeights? Published)
{
    /// <summary>Finds out what is meant, before anything is made or fetched.</summary>
    /// <param name="weights">
    /// The path of a file; <c>imagenet</c> or <c>cifar10</c> for the first weights that were trained on it; or the name of weights, with or without
    /// the architecture before it.
    /// </param>
    /// <param name="architecture">The name of the architecture.</param>
    /// <param name="classes">Classes that the network is to tell apart; null for as many as the weights have.</param>
    /// <param name="includeTop">Whether the network has a classifier.</param>
    /// <returns>The choice; null where <paramref name="weights"/> is.</returns>
    /// <exception cref="ArgumentException">There are no such weights, or they have another number of classes.</exception>
    public static WeightsChoice? Of(string? weights, string architecture, int? classes, bool includeTop = true)
    {
        if (weights is null) return null;
        if (File.Exists(weights)) return new WeightsChoice(architecture, weights, null);
        var known = Weights.All.Where(entry => entry.Architecture == architecture && entry.IncludesTop == includeTop).ToList();
        var found = known.Find(entry => Is(entry.TrainedOn)) ?? known.Find(entry => Is(entry.Name) || Is(entry.Tag));
        if (found is null)
        {
            var names = known.Count == 0 ? "none are published for it" : $"there are {string.Join(", ", known.Select(entry => entry.Tag))}";
            throw new ArgumentException($"there is neither a file '{weights}' nor weights of that name for {architecture}: {names}", nameof(weights));
        }
        if (includeTop && classes is { } count && count != found.ClassNames.Count)
        {
            throw new ArgumentException($"the weights {found.Name} tell {found.ClassNames.Count} classes apart, not {count}: leave classes at {found.ClassNames.Count}, "
                + $"or make the network without weights and load what fits with LoadWeights(Weights.Download(\"{found.Name}\"), strict: false)", nameof(classes));
        }
        return new WeightsChoice(architecture, null, found);

        bool Is(string name) => name.Equals(weights, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Puts the weights into a network that was made for them, with the class names and the preprocessing that belong to them.</summary>
    public void Fill(Model model)
    {
        if (Published is not null)
        {
            Fill(model, Published, Published.Source is null ? null : Weights.Download(Published.Name));
            return;
        }
        var usual = Architectures.Find(Architecture);
        if (model.InputShape is null) model.Build([.. usual.InputShape]);
        model.LoadWeights(Path!);
        model.Preprocessing = Preprocessing.FromName(usual.Preprocessing);
        if (model.BuildFor(model.InputShape!.Value).Shape is { Rank: 2 } output && output[1] == ImageNet.ClassNames.Count) model.ClassNames = ImageNet.ClassNames;
    }

    /// <summary>Puts published weights into a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="path">Their file; null where they are part of the library.</param>
    public static void Fill(Model model, PretrainedWeights weights, string? path)
    {
        if (model.InputShape is null) model.Build([.. InputShape(weights)]);
        Load(model, weights, path, strict: true);
        model.Preprocessing = weights.Preprocessing;
        if (weights.IncludesTop) model.ClassNames = weights.ClassNames;
    }

    /// <summary>Copies the numbers of published weights into a network that has its parameters.</summary>
    /// <param name="model">The network.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="path">Their file; null where they are part of the library.</param>
    /// <param name="strict">Whether all has to fit.</param>
    public static LoadReport Load(Model model, PretrainedWeights weights, string? path, bool strict)
    {
        if (path is not null) return model.LoadWeights(path, strict);
        using var file = WeightsCache.OpenShipped(weights);
        return Checkpoint.LoadWeights(file, model, strict);
    }

    /// <summary>The shape of one input as the weights' preprocessing makes it.</summary>
    public static Shape InputShape(PretrainedWeights weights)
    {
        var usual = Architectures.Find(weights.Architecture).InputShape;
        return weights.Preprocessing.CropSize is { } side ? (side, side, usual[2]) : usual;
    }
}
