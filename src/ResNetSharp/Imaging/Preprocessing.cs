namespace ResNetSharp.Imaging;

/// <summary>
/// Makes a network's input of a picture: resizing, cropping, and from bytes to numbers. The presets give, bit for bit, the numbers that
/// torchvision, timm and Keras feed to their weights.
/// </summary>
/// <remarks>
/// The steps, in this order: <see cref="ExactSize"/>, <see cref="ShorterSide"/>, <see cref="CropSize"/>, then for each sample in single
/// precision x / <see cref="Divisor"/>, minus <see cref="Mean"/>, divided by <see cref="Deviation"/>.
/// </remarks>
public sealed record Preprocessing
{
    static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    static readonly float[] ImageNetDeviation = [0.229f, 0.224f, 0.225f];

    /// <summary>torchvision's first weights (<c>IMAGENET1K_V1</c>): shorter side 256, centre 224x224, ImageNet's mean and deviation.</summary>
    public static Preprocessing Torchvision { get; } =
        new() { ShorterSide = 256, CropSize = 224, Mean = ImageNetMean, Deviation = ImageNetDeviation };

    /// <summary>torchvision's newer weights (<c>IMAGENET1K_V2</c>): as <see cref="Torchvision"/>, but shorter side 232.</summary>
    public static Preprocessing TorchvisionV2 { get; } = Torchvision with { ShorterSide = 232 };

    /// <summary>Keras' ResNet (version 1): 224x224 by the nearest pixel, blue, green, red of 0 to 255, minus the ImageNet mean.</summary>
    public static Preprocessing KerasCaffe { get; } = new()
    {
        ExactSize = (224, 224),
        Filter = Resampling.Nearest,
        Divisor = 1,
        Mean = [103.939f, 116.779f, 123.68f],
        BlueFirst = true,
    };

    /// <summary>Keras' ResNetV2: 224x224 by the nearest pixel, between -1 and 1.</summary>
    public static Preprocessing KerasTf { get; } =
        new() { ExactSize = (224, 224), Filter = Resampling.Nearest, Divisor = 127.5f, Mean = [1, 1, 1] };

    /// <summary>Keras' DenseNet: 224x224 by the nearest pixel, ImageNet's mean and deviation.</summary>
    public static Preprocessing KerasTorch { get; } =
        new() { ExactSize = (224, 224), Filter = Resampling.Nearest, Mean = ImageNetMean, Deviation = ImageNetDeviation };

    /// <summary>The usual CIFAR-10 networks: the picture's own size, ImageNet's mean and deviation.</summary>
    public static Preprocessing Cifar { get; } = new() { Mean = ImageNetMean, Deviation = ImageNetDeviation };

    /// <summary>The picture's own size, between 0 and 1.</summary>
    public static Preprocessing None { get; } = new();

    /// <summary>The names that <see cref="FromName"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["torchvision", "torchvision-v2", "timm", "keras-caffe", "keras-tf", "keras-torch", "cifar", "none"];

    /// <summary>Width and height to resize to, whatever the picture's proportions; null (the default) to leave them.</summary>
    public (int Width, int Height)? ExactSize { get; init; }

    /// <summary>The length in pixels that the shorter side is resized to; null (the default) to leave it.</summary>
    public int? ShorterSide { get; init; }

    /// <summary>Width and height of the centre that is kept, with black around where the picture is smaller; null (the default) for all.</summary>
    public int? CropSize { get; init; }

    /// <summary>The filter of resizing; <see cref="Resampling.Bilinear"/> by default.</summary>
    public Resampling Filter { get; init; } = Resampling.Bilinear;

    /// <summary>What samples of 0 to 255 are divided by first; 255 by default.</summary>
    public float Divisor { get; init; } = 255;

    /// <summary>Channels of the output: 3, or 1 (brightness) where <see cref="Mean"/> has one number.</summary>
    public int Channels => Mean.Length;

    /// <summary>What is subtracted then, for the three channels in the order of the output, or for brightness alone; zeros by default.</summary>
    public float[] Mean { get; init; } = [0, 0, 0];

    /// <summary>What the difference is divided by, for as many channels as <see cref="Mean"/> has; ones by default.</summary>
    public float[] Deviation { get; init; } = [1, 1, 1];

    /// <summary>Whether the output's channels are blue, green, red; false by default.</summary>
    public bool BlueFirst { get; init; }

    /// <summary>The preset of a name, as the command line takes it; see <see cref="Names"/>.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static Preprocessing FromName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.ToLowerInvariant() switch
        {
            "torchvision" => Torchvision,
            "torchvision-v2" => TorchvisionV2,
            "timm" => Timm(),
            "keras-caffe" => KerasCaffe,
            "keras-tf" => KerasTf,
            "keras-torch" => KerasTorch,
            "cifar" => Cifar,
            "none" => None,
            _ => throw new ArgumentException($"there is no preprocessing '{name}'; there are {string.Join(", ", Names)}", nameof(name)),
        };
    }

    /// <summary>timm's evaluation: the shorter side is resized to size / share, and the centre kept.</summary>
    /// <param name="size">Width and height of the input; 224 by default.</param>
    /// <param name="cropShare">The share of the shorter side that is kept (<c>crop_pct</c>); 0.95 by default.</param>
    /// <param name="filter">The filter; bicubic by default, as for weights that timm trained.</param>
    public static Preprocessing Timm(int size = 224, double cropShare = 0.95, Resampling filter = Resampling.Bicubic) =>
        Torchvision with { ShorterSide = (int)Math.Floor(size / cropShare), CropSize = size, Filter = filter };

    /// <summary>Height and width of the output for a picture of a size.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    public (int Height, int Width) OutputSize(int width, int height)
    {
        if (FixedSize is { } size) return size;
        if (ExactSize is { } exact) (width, height) = exact;
        if (ShorterSide is { } shorter) (width, height) = Image.ShorterSideSize(width, height, shorter);
        return (height, width);
    }

    /// <summary>Height and width of the output where they do not depend on the picture.</summary>
    internal (int Height, int Width)? FixedSize =>
        CropSize is { } crop ? (crop, crop)
        : ExactSize is { } exact && ShorterSide is null ? (exact.Height, exact.Width)
        : null;

    /// <summary>Resizes and crops alone.</summary>
    /// <param name="image">The picture.</param>
    public Image Transform(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (ExactSize is { } exact) image = image.Resize(exact.Width, exact.Height, Filter);
        if (ShorterSide is { } shorter) image = image.ResizeShorterSide(shorter, Filter);
        return CropSize is { } crop ? image.CenterCrop(crop, crop) : image;
    }

    /// <summary>Makes the input of a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="destination">Takes height * width * channels numbers of <see cref="OutputSize"/>, row by row, the channels of a pixel together.</param>
    /// <returns>Height and width of the output.</returns>
    /// <exception cref="ArgumentException">The destination has not the right length.</exception>
    public (int Height, int Width) Apply(Image image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (height, width) = OutputSize(image.Width, image.Height);
        var size = (long)height * width * Channels;
        if (destination.Length != size)
            throw new ArgumentException($"the output ({height}, {width}, {Channels}) has {size} numbers, not {destination.Length}", nameof(destination));
        Convert(Transform(image).Pixels, destination);
        return (height, width);
    }

    /// <summary>Turns samples into numbers, without resizing or cropping.</summary>
    /// <param name="pixels">Red, green, blue, pixel by pixel.</param>
    /// <param name="destination">As many numbers, or a third of them where there is one channel.</param>
    internal void Convert(ReadOnlySpan<byte> pixels, Span<float> destination)
    {
        CheckChannels();
        Span<float> numbers = stackalloc float[256 * Channels];
        FillTable(numbers);
        if (Channels == 1)
        {
            for (var i = 0; i < destination.Length; i++) destination[i] = numbers[Brightness(pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2])];
            return;
        }
        var (first, third) = BlueFirst ? (2, 0) : (0, 2);
        for (var i = 0; i + 2 < pixels.Length && i + 2 < destination.Length; i += 3)
        {
            destination[i] = numbers[pixels[i + first]];
            destination[i + 1] = numbers[256 + pixels[i + 1]];
            destination[i + 2] = numbers[512 + pixels[i + third]];
        }
    }

    /// <summary>Turns samples from 0 to 255, that need not be whole, into numbers, in place.</summary>
    internal void Convert(Span<float> samples)
    {
        CheckChannels();
        for (var i = 0; i + Channels <= samples.Length; i += Channels)
        {
            if (BlueFirst && Channels == 3) (samples[i], samples[i + 2]) = (samples[i + 2], samples[i]);
            for (var c = 0; c < Channels; c++) samples[i + c] = (samples[i + c] / Divisor - Mean[c]) / Deviation[c];
        }
    }

    /// <summary>Brightness as television defines it (ITU-R BT.601), in sixteen-bit fixed point, rounded.</summary>
    internal static int Brightness(int red, int green, int blue) => (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;

    // There are only 256 samples, so each number is computed once, with the roundings of the formula.
    void FillTable(Span<float> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            var scaled = (i & 255) / Divisor;
            numbers[i] = (scaled - Mean[i >> 8]) / Deviation[i >> 8];
        }
    }

    void CheckChannels()
    {
        if (Channels is not (1 or 3) || Deviation.Length != Channels)
            throw new InvalidOperationException($"mean and deviation need three numbers each, or one each, not {Mean.Length} and {Deviation.Length}");
    }
}
