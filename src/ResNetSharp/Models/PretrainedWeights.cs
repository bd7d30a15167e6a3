using ResNetSharp.Data;
using ResNetSharp.Imaging;

namespace ResNetSharp.Models;

/// <summary>
/// Published weights of an architecture: where they are, how to tell that they are whole, what they were measured to do. What the publisher
/// does not say is null.
/// </summary>
public sealed record PretrainedWeights
{
    const double BytesPerMebibyte = 1 << 20;

    internal PretrainedWeights()
    {
    }

    /// <summary>The name: the architecture, a dot, and what its publisher calls the weights, such as <c>resnet50.imagenet1k_v2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the architecture; see <see cref="Architectures"/>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Where the file is; null for weights that are part of this library.</summary>
    public Uri? Source { get; init; }

    /// <summary>The SHA-256 of the file in hexadecimal, or the first eight digits of it where no more was published.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The MD5 of the file in hexadecimal, where nothing better was published. It finds damage, not malice.</summary>
    public string? Md5 { get; init; }

    /// <summary>The size of the file in bytes, as exactly as it was published.</summary>
    public long? Bytes { get; init; }

    /// <summary>The licence of the weights by its SPDX name. The pictures that they were trained on may set conditions of their own.</summary>
    public string? Licence { get; init; }

    /// <summary>The part of the validation set whose class was named first, as the publisher reports it, from 0 to 1.</summary>
    public double? Top1 { get; init; }

    /// <summary>The part of the validation set whose class was among the first five, as the publisher reports it, from 0 to 1.</summary>
    public double? Top5 { get; init; }

    /// <summary>What the weights were trained on: <c>imagenet</c> (its 1000 classes of 2012) or <c>cifar10</c>.</summary>
    public required string TrainedOn { get; init; }

    /// <summary>Whether the classifier is among the weights; Keras publishes them without it, too.</summary>
    public bool IncludesTop { get; init; } = true;

    /// <summary>How pictures were prepared when the accuracy was measured.</summary>
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>The names of the classes, in the order of the outputs.</summary>
    public IReadOnlyList<string> ClassNames =>
        TrainedOn == "cifar10" ? Cifar10.ClassNames
        : Architecture.StartsWith("keras-", StringComparison.Ordinal) ? ImageNet.KerasClassNames
        : ImageNet.ClassNames;

    /// <summary>The name without the architecture.</summary>
    internal string Tag => Name[(Name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>What the file is called.</summary>
    internal string FileName => Source is null ? $"{Name}.safetensors" : Path.GetFileName(Source.AbsolutePath);

    /// <summary>What the file must hash to.</summary>
    internal Checksum? Checksum => Sha256 is not null ? Checksum.Sha256(Sha256) : Md5 is not null ? Checksum.Md5(Md5) : null;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Bytes of a number of mebibytes, in which most publishers give sizes.</summary>
    internal static long FromMebibytes(double mebibytes) => (long)Math.Round(mebibytes * BytesPerMebibyte);
}
