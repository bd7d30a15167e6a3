using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class ShapesTests
{
    [Fact]
    public void Pictures_follow_from_seed_and_index_and_the_sets_differ()
    {
        var (train, test) = Shapes.Load(40, 40, seed: 3);
        var (again, _) = Shapes.Load(100, 1, seed: 3);
        var (other, _) = Shapes.Load(40, 1, seed: 4);
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(TestPictures.Read(train, i), TestPictures.Read(again, i));
            Assert.NotEqual(TestPictures.Read(train, i), TestPictures.Read(other, i));
            Assert.NotEqual(TestPictures.Read(train, i), TestPictures.Read(test, i));
        }
    }

    [Fact]
    public void Classes_are_equally_many_and_have_names()
    {
        var found = Datasets.Resolve("shapes");
        Assert.Equal(20_000, found.Train.Count);
        Assert.Equal(4_000, found.Test!.Count);
        Assert.Equal((32, 32, 3), found.Train.ElementShape);
        var counts = Enumerable.Range(0, 4_000).CountBy(found.Test.GetLabel).ToDictionary();
        Assert.Equal(found.Test.ClassNames.Count, counts.Count);
        Assert.All(counts.Values, count => Assert.Equal(400, count));
    }

    [Fact]
    public void Every_outline_encloses_a_fair_part_of_the_unit_circle_and_nothing_far_outside()
    {
        for (var label = 0; label < 10; label++)
        {
            var inside = 0;
            for (var y = -20; y <= 20; y++)
                for (var x = -20; x <= 20; x++)
                {
                    if (ShapeOutline.Distance(label, x / 10.0, y / 10.0) >= 0) continue;
                    inside++;
                    Assert.True(x * x + y * y <= 1.3 * 1.3 * 100, $"{Shapes.ClassNames[label]} reaches ({x}, {y})");
                }
            Assert.InRange(inside, 60, 320);
        }
    }
}
