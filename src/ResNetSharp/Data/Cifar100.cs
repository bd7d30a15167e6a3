namespace ResNetSharp.Data;

/// <summary>
/// CIFAR-100: 50,000 + 10,000 small photographs, 32x32, a hundred classes in twenty groups (Krizhevsky, "Learning multiple layers of
/// features from tiny images", 2009).
/// </summary>
public static class Cifar100
{
    /// <summary>The names of the hundred classes.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
    [
        "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle",
        "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle",
        "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur",
        "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard",
        "lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain",
        "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree",
        "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket",
        "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider",
        "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television", "tiger", "tractor",
        "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
    ];

    /// <summary>The names of the twenty groups.</summary>
    public static IReadOnlyList<string> CoarseClassNames { get; } =
    [
        "aquatic_mammals", "fish", "flowers", "food_containers", "fruit_and_vegetables",
        "household_electrical_devices", "household_furniture", "insects", "large_carnivores", "large_man-made_outdoor_things",
        "large_natural_outdoor_scenes", "large_omnivores_and_herbivores", "medium_mammals", "non-insect_invertebrates", "people",
        "reptiles", "small_mammals", "trees", "vehicles_1", "vehicles_2",
    ];

    internal static NamedDataset Named { get; } = new CifarNamedDataset("cifar100", ["cifar100", "cifar-100", "cifar-100-binary"],
        new("cifar-100-binary.tar.gz", "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8"),
        isHundred: true);

    /// <summary>
    /// Loads the data set from the data folder, <c>RESNETSHARP_DATA</c> or the user's cache, and downloads it where it is in none of them.
    /// </summary>
    /// <param name="dataDirectory">A folder of data sets to look into first.</param>
    /// <param name="coarse">Whether the labels are the twenty groups; by default the hundred classes.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static (Dataset Train, Dataset Test) Load(string? dataDirectory = null, bool coarse = false) =>
        Named.LoadBoth(new ResolveOptions { DataDirectory = dataDirectory, CoarseLabels = coarse });
}
