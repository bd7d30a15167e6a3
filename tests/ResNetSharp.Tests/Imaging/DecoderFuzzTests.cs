using ResNetSharp.Imaging;
using ResNetSharp.Tests.Fuzzing;

namespace ResNetSharp.Tests.Imaging;

public sealed class DecoderFuzzTests
{
    const int PerFile = 12;
    static readonly ImageLoadOptions Options = new() { ApplyOrientation = true, MaxPixels = 1 << 22 };

    [SharedFact(ImageCorpus.Expected, ImageCorpus.BrokenExpected)]
    public void Damaged_files_load_or_are_refused()
    {
        var names = ImageCorpus.Entries(ImageCorpus.Expected).Select(e => e.Name)
            .Concat(ImageCorpus.Entries(ImageCorpus.BrokenExpected).Select(e => $"broken/{e.Name}"));
        var corpus = names.Select(n => (n, ImageCorpus.Read(n))).ToList();
        FuzzRun.Check(corpus, PerFile, seed: 1, Read, allocationLimit: 64 << 20);
    }

    [Fact]
    public void Damaged_own_files_load_or_are_refused()
    {
        using var stream = new MemoryStream();
        GoldenImages.Make("pattern", 40, 30).SavePng(stream);
        FuzzRun.Check([("pattern.png", stream.ToArray())], 200, seed: 2, Read, allocationLimit: 16 << 20);
    }

    static void Read(byte[] bytes)
    {
        Image.Load(bytes, Options);
        RgbaImage.Load(bytes, Options.MaxPixels);
        Image.Identify(bytes);
    }
}
