using System.Text.Json;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

public sealed class ImageNetTests
{
    [SharedFact("data/imagenet-classes.json")]
    public void Names_and_numbers_are_the_published_ones()
    {
        using var published = JsonDocument.Parse(File.ReadAllText(SharedData.Find("data/imagenet-classes.json")!));
        Assert.Equal(published.RootElement.GetProperty("torchvision").EnumerateArray().Select(name => name.GetString()), ImageNet.ClassNames);
        for (var i = 0; i < 1000; i++)
            Assert.Equal(published.RootElement.GetProperty("keras").GetProperty($"{i}")[0].GetString(), ImageNet.WordNetIds[i]);
    }

    [Fact]
    public void There_are_a_thousand_classes() => Assert.Equal(1000, ImageNet.WordNetIds.Distinct().Count());
}
