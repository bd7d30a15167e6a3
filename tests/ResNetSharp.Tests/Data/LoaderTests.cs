using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class LoaderTests
{
    static readonly Dataset Augmented = TestPictures.Bytes(101, 32, 32).Augment(new RandomHorizontalFlip(), new RandomCrop(4));

    static List<(int[] Indices, int[] Labels, float[] Images)> Collect(Loader loader, int epoch, int firstBatch = 0) =>
        [.. loader.Epoch(epoch, firstBatch).Select(b => (b.Indices.ToArray(), b.Labels.ToArray(), b.Images.ToArray()))];

    static void AssertSame(
        List<(int[] Indices, int[] Labels, float[] Images)> expected, List<(int[] Indices, int[] Labels, float[] Images)> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Indices, actual[i].Indices);
            Assert.Equal(expected[i].Labels, actual[i].Labels);
            Assert.Equal(expected[i].Images, actual[i].Images);
        }
    }

    [Fact]
    public void Without_shuffling_every_picture_comes_once_and_in_order()
    {
        using var loader = new Loader(Augmented, 16, shuffle: false);
        var batches = Collect(loader, 0);
        Assert.Equal(7, loader.BatchCount);
        Assert.Equal(Enumerable.Range(0, 101), batches.SelectMany(b => b.Indices));
        Assert.Equal(Enumerable.Range(0, 101).Select(i => i % 4), batches.SelectMany(b => b.Labels));
        Assert.Equal(5, batches[^1].Indices.Length);
        Assert.Equal(5 * 32 * 32 * 3, batches[^1].Images.Length);
    }

    [Fact]
    public void A_batch_holds_what_the_data_set_gives_for_the_stream_of_seed_epoch_and_index()
    {
        using var loader = new Loader(Augmented, 16, shuffle: true, seed: 5);
        foreach (var batch in loader.Epoch(3))
        {
            for (var i = 0; i < batch.Count; i++)
                Assert.Equal(TestPictures.Read(Augmented, batch.Indices[i], 5, 3), batch.Images.Slice(i * 3072, 3072).ToArray());
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 2)]
    [InlineData(8, 12)]
    public void Batches_do_not_depend_on_threads_or_prefetching(int workers, int prefetch)
    {
        using var one = new Loader(Augmented, 8, shuffle: true, seed: 9, workers: 0);
        using var other = new Loader(Augmented, 8, shuffle: true, seed: 9, workers, prefetch);
        for (var epoch = 0; epoch < 3; epoch++) AssertSame(Collect(one, epoch), Collect(other, epoch));
    }

    [Fact]
    public void Epochs_and_seeds_have_orders_of_their_own()
    {
        using var loader = new Loader(Augmented, 101, shuffle: true, seed: 1);
        using var other = new Loader(Augmented, 101, shuffle: true, seed: 2);
        var first = Collect(loader, 0)[0].Indices;
        Assert.NotEqual(first, Collect(loader, 1)[0].Indices);
        Assert.NotEqual(first, Collect(other, 0)[0].Indices);
        Assert.Equal(first, Collect(loader, 0)[0].Indices);
        Assert.Equal(Enumerable.Range(0, 101), first.Order());
    }

    [Fact]
    public void An_epoch_can_be_taken_up_at_any_batch()
    {
        using var loader = new Loader(Augmented, 8, shuffle: true, seed: 3);
        var whole = Collect(loader, 2);
        for (var first = 0; first <= loader.BatchCount; first++) AssertSame(whole[first..], Collect(loader, 2, first));
    }

    [Fact]
    public void Dropping_the_last_batch_leaves_whole_ones()
    {
        using var loader = new Loader(Augmented, 16, shuffle: true, dropLast: true);
        Assert.Equal(6, loader.BatchCount);
        Assert.All(Collect(loader, 0), b => Assert.Equal(16, b.Indices.Length));
    }

    [Fact]
    public void Leaving_an_epoch_early_leaves_the_loader_usable()
    {
        using var loader = new Loader(Augmented, 4, shuffle: true, seed: 3, workers: 3, prefetch: 4);
        var whole = Collect(loader, 1);
        for (var i = 0; i < 20; i++) _ = loader.Epoch(0).Take(i % 5 + 1).Count();
        AssertSame(whole, Collect(loader, 1));
    }

    [Fact]
    public void Two_epochs_at_once_are_refused()
    {
        using var loader = new Loader(Augmented, 4, shuffle: false);
        using var first = loader.Epoch(0).GetEnumerator();
        first.MoveNext();
        var e = Assert.Throws<InvalidOperationException>(() => loader.Epoch(1).First());
        Assert.Contains("still being read", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void An_unreadable_picture_is_reported_by_name_when_its_batch_is_due(int workers)
    {
        using var loader = new Loader(new FailingDataset(40, [17, 19, 33]), 8, shuffle: false, workers: workers, prefetch: 4);
        var seen = 0;
        var e = Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var batch in loader.Epoch(0)) seen += batch.Count;
        });
        Assert.Equal("cannot read picture-17.jpg: no pixels here", e.Message);
        Assert.Equal(16, seen);
        Assert.Equal(8, loader.Epoch(0).First().Count);
    }

    [Fact]
    public void A_label_without_a_class_is_named()
    {
        using var loader = new Loader(new FailingDataset(4, [], label: 2), 4, shuffle: false);
        var e = Assert.Throws<InvalidDataException>(() => loader.Epoch(0).First());
        Assert.Equal("picture-0.jpg has the label 2; there are 2 classes", e.Message);
    }

    [Fact]
    public void A_cancelled_epoch_stops()
    {
        using var loader = new Loader(Augmented, 4, shuffle: false);
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in loader.Epoch(0, 0, source.Token)) source.Cancel();
        });
    }

    [Fact]
    public void A_disposed_loader_says_so()
    {
        var loader = new Loader(Augmented, 4, shuffle: false);
        _ = loader.Epoch(0).First();
        loader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => loader.Epoch(0).First());
    }

    [Fact]
    public void Batches_after_the_first_allocate_nothing()
    {
        using var loader = new Loader(Augmented, 8, shuffle: true, workers: 0);
        using var batches = loader.Epoch(0).GetEnumerator();
        for (var i = 0; i < 5; i++) batches.MoveNext();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++) batches.MoveNext();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    sealed class FailingDataset(int count, int[] bad, int label = 0) : Dataset
    {
        public override int Count => count;

        public override Shape ElementShape => (2, 2, 1);

        public override IReadOnlyList<string> ClassNames => ["only", "other"];

        public override int GetLabel(int index) => label;

        public override string GetName(int index) => $"picture-{index}.jpg";

        public override void Read(int index, ref RandomSource random, Span<float> destination)
        {
            if (bad.Contains(index)) throw new FormatException("no pixels here");
            destination.Clear();
        }
    }
}
