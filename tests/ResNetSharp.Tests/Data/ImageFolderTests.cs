using System.Text;
using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    static readonly ImageFolderOptions Options = new() { Decoder = new FakeDecoder() };

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static byte[] Picture(byte brightness) => FakeDecoder.Encode(4, 3, brightness);

    // In no order, with files that are no pictures, and with a folder inside a class.
    static readonly (string Name, byte[]? Content)[] Pictures =
    [
        ("dog/b.PNG", Picture(4)), ("dog/a.jpg", Picture(3)), ("cat/10.jpg", Picture(1)), ("cat/9.jpg", Picture(2)),
        ("Bird/deep/z.bmp", Picture(8)), ("Bird/z.jpeg", Picture(7)), ("cat/notes.txt", [1]), ("dog/.hidden.jpg", [0]),
    ];

    static readonly string[] Order = ["Bird/z.jpeg", "Bird/deep/z.bmp", "cat/10.jpg", "cat/9.jpg", "dog/a.jpg", "dog/b.PNG"];

    string Write(string kind, string prefix, params (string Name, byte[]? Content)[] files)
    {
        files = [.. files.Select(file => (prefix + file.Name, file.Content))];
        switch (kind)
        {
            case "tar": return folder.Write("p.tar", ArchiveBuilder.Tar(files));
            case "tgz": return folder.Write("p.tgz", ArchiveBuilder.Gzip(ArchiveBuilder.Tar(files)));
            case "zip": return folder.Write("p.zip", ArchiveBuilder.Zip(files));
        }
        foreach (var (name, content) in files)
        {
            if (content is null) Directory.CreateDirectory(Path.Combine(folder.Path, "p", name));
            else folder.Write("p/" + name, content);
        }
        return Path.Combine(folder.Path, "p");
    }

    [Theory]
    [InlineData("folder", "")]
    [InlineData("folder", "outer/inner/")]
    [InlineData("tar", "")]
    [InlineData("tar", "outer/")]
    [InlineData("tgz", "./")]
    [InlineData("zip", "outer/")]
    public void Classes_and_pictures_come_in_ordinal_order_from_folders_and_archives(string kind, string prefix)
    {
        var path = Write(kind, prefix, Pictures);
        var (data, test) = ImageFolder.Load(path, Options);
        Assert.Null(test);
        Assert.Equal(["Bird", "cat", "dog"], data.ClassNames);
        Assert.Equal(Order.Select(name => $"{path}/{prefix.Replace("./", "", StringComparison.Ordinal)}{name}"), Enumerable.Range(0, 6).Select(data.GetName));
        Assert.Equal([0, 0, 1, 1, 2, 2], Enumerable.Range(0, 6).Select(data.GetLabel));
        Assert.Equal((3, 4, 3), data.ElementShape);
        Assert.Equal([7, 8, 1, 2, 3, 4], Enumerable.Range(0, 6).Select(i => (int)TestPictures.Read(data, i)[0]));
        Assert.Equal(Enumerable.Range(3, 36).Select(i => (float)i), TestPictures.Read(data, 4));
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("tgz")]
    public void A_list_inside_gives_the_order_of_the_labels_but_not_of_the_pictures(string kind)
    {
        var (data, _) = ImageFolder.Load(Write(kind, "", [.. Pictures, ("classes.txt", "dog\r\nBird\ncat\n\n"u8.ToArray())]), Options);
        Assert.Equal(["dog", "Bird", "cat"], data.ClassNames);
        Assert.Equal([1, 1, 2, 2, 0, 0], Enumerable.Range(0, 6).Select(data.GetLabel));
    }

    [Fact]
    public void A_list_beside_an_archive_counts_if_it_fits()
    {
        var path = Write("zip", "", Pictures);
        folder.Write("classes.txt", "dog\ncat\nBird\n"u8);
        Assert.Equal(["dog", "cat", "Bird"], ImageFolder.Load(path, Options).Train.ClassNames);
        folder.Write("classes.txt", "dog\ncat\n"u8);
        Assert.Equal(["Bird", "cat", "dog"], ImageFolder.Load(path, Options).Train.ClassNames);
    }

    [Theory]
    [InlineData("dog\ncat", "does not list the folder 'Bird'")]
    [InlineData("dog\ncat\nBird\nfish", "has no folder for its class 'fish'")]
    [InlineData("dog\ncat\nBird\ndog", "lists the class 'dog' twice")]
    public void A_list_inside_must_fit(string list, string problem)
    {
        var path = Write("folder", "", [.. Pictures, ("classes.txt", Encoding.UTF8.GetBytes(list))]);
        Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => ImageFolder.Load(path, Options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder", "test")]
    [InlineData("folder", "Val")]
    [InlineData("zip", "validation")]
    public void Folders_named_train_and_test_are_the_two_sets(string kind, string testName)
    {
        var path = Write(kind, "top/", [.. Pictures.Select(p => ("train/" + p.Name, p.Content)), ($"{testName}/cat/x.jpg", Picture(50))]);
        var (train, test) = ImageFolder.Load(path, Options);
        Assert.Equal(6, train.Count);
        Assert.Equal(1, test!.Count);
        Assert.Equal(train.ClassNames, test.ClassNames);
        Assert.Equal(1, test.GetLabel(0));
        Assert.Equal(50, TestPictures.Read(test, 0)[0]);
    }

    [Fact]
    public void Archives_named_train_and_test_are_the_two_sets()
    {
        folder.Write("train.tar.gz", ArchiveBuilder.Gzip(ArchiveBuilder.Tar(Pictures)));
        folder.Write("test.tar", ArchiveBuilder.Tar([.. Pictures.Take(4).Select(p => ("test/" + p.Name, p.Content))]));
        folder.Write("classes.txt", "dog\ncat\nBird"u8);
        var (train, test) = ImageFolder.Load(folder.Path, Options);
        Assert.Equal((6, 4), (train.Count, test!.Count));
        Assert.Equal(["dog", "cat", "Bird"], test.ClassNames);
        Assert.Equal([1, 1, 0, 0], Enumerable.Range(0, 4).Select(test.GetLabel));
    }

    [Fact]
    public void A_test_class_that_was_not_trained_is_an_error()
    {
        var path = Write("folder", "", [.. Pictures.Select(p => ("train/" + p.Name, p.Content)), ("test/fish/x.jpg", Picture(1)), ("test/cat/x.jpg", Picture(1))]);
        var e = Assert.Throws<InvalidDataException>(() => ImageFolder.Load(path, Options));
        Assert.Contains("has a folder 'fish', which is not one of the 3 classes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_without_classes_with_one_class_and_with_an_empty_class_are_named()
    {
        var path = Write("folder", "", ("x.jpg", Picture(1)));
        Assert.Equal($"{path} has no folders of classes; put the pictures of each class into a folder with its name", Message());
        Write("folder", "", ("cat/x.jpg", Picture(1)));
        Assert.Equal($"{path} has only one class, 'cat'; a classifier needs at least two folders of classes", Message());
        Write("folder", "", ("dog", null));
        Assert.Equal($"the class folder {path}/dog has no pictures (.jpg, .png, .bmp)", Message());

        string Message() => Assert.Throws<InvalidDataException>(() => ImageFolder.Load(path, Options)).Message;
    }

    [Fact]
    public void What_is_not_there_or_no_archive_is_named()
    {
        var e = Assert.Throws<FileNotFoundException>(() => ImageFolder.Load("/no/such", Options));
        Assert.Equal("there is no folder or file /no/such", e.Message);
        var file = folder.Write("x.rar", [1]);
        var other = Assert.Throws<InvalidDataException>(() => ImageFolder.Load(file, Options));
        Assert.Contains(".tar, .tar.gz, .tgz and .zip can", other.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("tar")]
    [InlineData("tgz")]
    [InlineData("zip")]
    public void An_unreadable_picture_is_named_by_the_loader(string kind)
    {
        var path = Write(kind, "", [.. Pictures, ("cat/bad.jpg", [1, 2])]);
        using var loader = new Loader(ImageFolder.Load(path, Options).Train, 2, shuffle: false);
        var e = Assert.Throws<InvalidDataException>(() => loader.Epoch(0).Sum(b => b.Count));
        Assert.Equal($"cannot read {path}/cat/bad.jpg: this is no picture", e.Message);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("zip")]
    public void Unreadable_pictures_can_be_left_out(string kind)
    {
        var path = Write(kind, "", [("Bird/a.jpg", [0, 0, 0]), .. Pictures, ("cat/bad.jpg", [1, 2])]);
        var (data, _) = ImageFolder.Load(path, Options with { SkipBroken = true });
        Assert.Equal(6, data.Count);
        Assert.Equal([$"cannot read {path}/Bird/a.jpg: this is no picture", $"cannot read {path}/cat/bad.jpg: this is no picture"], data.Skipped);
        Assert.Equal([7, 8, 1, 2, 3, 4], Enumerable.Range(0, 6).Select(i => (int)TestPictures.Read(data, i)[0]));
    }

    [Fact]
    public void A_picture_of_another_size_is_named()
    {
        var path = Write("folder", "", [.. Pictures, ("dog/wide.jpg", FakeDecoder.Encode(9, 3, 1))]);
        var (data, _) = ImageFolder.Load(path, Options);
        var e = Assert.Throws<InvalidDataException>(() => TestPictures.Read(data, 6));
        Assert.Equal($"{path}/dog/wide.jpg is 9x3, the first picture is 4x3; give a size to bring all pictures to", e.Message);
    }

    [Fact]
    public void One_channel_is_the_brightness_of_three()
    {
        var (data, _) = ImageFolder.Load(Write("folder", "", Pictures), Options with { Channels = 1 });
        Assert.Equal((3, 4, 1), data.ElementShape);
        var expected = Enumerable.Range(0, 12).Select(i => (float)Math.Round(0.299 * (3 + 3 * i) + 0.587 * (4 + 3 * i) + 0.114 * (5 + 3 * i)));
        Assert.Equal(expected, TestPictures.Read(data, 4));
    }

    [Fact]
    public void A_picture_that_goes_missing_is_named()
    {
        var path = Write("folder", "", Pictures);
        var (data, _) = ImageFolder.Load(path, Options);
        File.Delete(Path.Combine(path, "dog", "a.jpg"));
        using var loader = new Loader(data, 6, shuffle: false);
        var e = Assert.ThrowsAny<IOException>(() => loader.Epoch(0).Count());
        Assert.Contains("dog/a.jpg", e.Message, StringComparison.Ordinal);
    }
}
