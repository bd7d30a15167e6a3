using System.Security.Cryptography;
using System.Text.Json;
using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

/// <summary>CIFAR-10 as JPEG files in class folders in a compressed and a plain tar archive.</summary>
public sealed class CifarPicturesTests
{
    [SharedFact("data/cifar10-jpeg")]
    public void The_name_cifar10_finds_them_with_every_pixel_right()
    {
        var (train, test, found) = Datasets.Resolve("cifar10", new ResolveOptions { DataDirectory = SharedData.Find("data") });
        Assert.Equal($"cifar10 (pictures in {SharedData.Find("data/cifar10-jpeg")})", found);
        Assert.Equal(Cifar10.ClassNames, train.ClassNames);
        using var expected = JsonDocument.Parse(File.ReadAllText(SharedData.Find("data/cifar10-jpeg/expected.json")!));
        Check(train, expected.RootElement.GetProperty("train.tar.gz"));
        Check(test!, expected.RootElement.GetProperty("test.tar"));
    }

    static void Check(Dataset data, JsonElement expected)
    {
        Assert.Equal(expected.GetProperty("images").GetInt32(), data.Count);
        Assert.Equal((32, 32, 3), data.ElementShape);
        Assert.Equal(Enumerable.Range(0, data.Count).Select(i => i / (data.Count / 10)), Enumerable.Range(0, data.Count).Select(data.GetLabel));
        var pixels = new byte[data.Count][];
        Parallel.For(0, pixels.Length, i => data.ReadBytes(i, pixels[i] = new byte[3072]));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var picture in pixels) hash.AppendData(picture);
        Assert.Equal(expected.GetProperty("rgb_sha256_all").GetString(), Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
