using System.Text.Json;
using ResNetSharp.Imaging;

namespace ResNetSharp.Tests.Imaging;

public sealed class DecoderCorpusTests
{
    [SharedFact(ImageCorpus.Expected)]
    public void Every_file_decodes_to_the_reference_pixels()
    {
        var wrong = new List<string>();
        foreach (var (name, expected) in ImageCorpus.Entries(ImageCorpus.Expected))
        {
            var problem = Try(() => Compare(Image.Load(ImageCorpus.Read(name)), expected));
            if (problem is not null) wrong.Add($"{name}: {problem}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [SharedFact(ImageCorpus.Expected)]
    public void Transparency_decodes_to_the_reference_pixels()
    {
        var files = ImageCorpus.Entries(ImageCorpus.Expected).Where(e => e.Value.TryGetProperty("rgba_sha256", out _)).ToList();
        Assert.NotEmpty(files);
        foreach (var (name, expected) in files)
            Assert.Equal($"{name} {expected.GetProperty("rgba_sha256").GetString()}", $"{name} {ImageCorpus.Hash(RgbaImage.Load(ImageCorpus.Read(name)).Pixels)}");
    }

    [SharedFact(ImageCorpus.Expected)]
    public void Orientation_is_applied_when_asked_for()
    {
        var options = new ImageLoadOptions { ApplyOrientation = true };
        foreach (var (name, expected) in ImageCorpus.Entries(ImageCorpus.Expected))
        {
            var upright = expected.TryGetProperty("exif_transposed", out var transposed) ? transposed : expected;
            Assert.Equal((name, (string?)null), (name, Compare(Image.Load(ImageCorpus.Read(name), options), upright)));
        }
    }

    [SharedFact(ImageCorpus.Expected)]
    public void Identify_reads_size_and_orientation()
    {
        foreach (var (name, expected) in ImageCorpus.Entries(ImageCorpus.Expected))
        {
            var info = Image.Identify(ImageCorpus.Read(name));
            var orientation = expected.TryGetProperty("exif_orientation", out var stated) ? stated.GetInt32() : 1;
            Assert.Equal(
                (name, expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32(), orientation),
                (name, info.Width, info.Height, info.Orientation));
        }
    }

    [SharedFact(ImageCorpus.BrokenExpected)]
    public void Broken_files_are_refused_with_little_memory_or_load_as_elsewhere()
    {
        var wrong = new List<string>();
        foreach (var (name, expected) in ImageCorpus.Entries(ImageCorpus.BrokenExpected))
        {
            var bytes = ImageCorpus.Read($"broken/{name}");
            var before = GC.GetAllocatedBytesForCurrentThread();
            var problem = Try(() => CompareBroken(Image.Load(bytes), expected));
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > 4 << 20) wrong.Add($"{name}: allocated {allocated} bytes");
            var expect = expected.GetProperty("expect").GetString();
            if (expect == "refuse" && problem is null or "loads" or "pixels differ") wrong.Add($"{name}: not refused");
            // Colours that the palette lacks are black here; Pillow shows their numbers as grey.
            if (name == "palette-index-out-of-range.png") continue;
            if (expect == "either" && problem == "pixels differ") wrong.Add($"{name}: pixels differ");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [SharedFact(ImageCorpus.BrokenExpected)]
    public void Errors_name_the_file_and_the_place()
    {
        var path = SharedData.Find($"{ImageCorpus.Folder}/broken/truncated-in-dqt.jpg")!;
        var error = Assert.Throws<InvalidDataException>(() => Image.Load(path));
        Assert.Contains("truncated-in-dqt.jpg", error.Message, StringComparison.Ordinal);
        Assert.Contains("at byte", error.Message, StringComparison.Ordinal);
    }

    static string? CompareBroken(Image image, JsonElement expected)
    {
        var reference = expected.TryGetProperty("pillow_rgb_sha256", out var hash) ? hash.GetString() : null;
        return reference is null ? "loads" : ImageCorpus.Hash(image.Pixels) == reference ? null : "pixels differ";
    }

    static string? Compare(Image image, JsonElement expected)
    {
        if (image.Width != expected.GetProperty("width").GetInt32() || image.Height != expected.GetProperty("height").GetInt32())
            return $"size {image.Width}x{image.Height}";
        return ImageCorpus.Hash(image.Pixels) == expected.GetProperty("rgb_sha256").GetString() ? null : "pixels differ";
    }

    static string? Try(Func<string?> check)
    {
        try
        {
            return check();
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
    }
}
