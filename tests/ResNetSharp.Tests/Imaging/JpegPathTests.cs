using ResNetSharp.Imaging.Jpeg;

namespace ResNetSharp.Tests.Imaging;

public sealed unsafe class JpegPathTests
{
    [SharedFact(ImageCorpus.Expected)]
    public void Vector_and_portable_paths_decode_alike()
    {
        var portable = new JpegDecoder(allowVectors: false);
        var vectors = new JpegDecoder();
        foreach (var (name, expected) in ImageCorpus.Entries(ImageCorpus.Expected).Where(e => e.Name.StartsWith("jpeg/", StringComparison.Ordinal)))
        {
            var file = ImageCorpus.Read(name);
            var slow = portable.Decode(file, long.MaxValue, out _);
            Assert.Equal((name, expected.GetProperty("rgb_sha256").GetString()), (name, ImageCorpus.Hash(slow.Pixels)));
            Assert.True(slow.Pixels.AsSpan().SequenceEqual(vectors.Decode(file, long.MaxValue, out _).Pixels), name);
        }
    }

    [SharedFact(ImageCorpus.Expected)]
    public void Many_threads_decode_alike()
    {
        var files = ImageCorpus.Entries(ImageCorpus.Expected)
            .Select(e => (File: ImageCorpus.Read(e.Name), Hash: e.Value.GetProperty("rgb_sha256").GetString())).ToList();
        Parallel.For(0, 3 * files.Count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var (file, hash) = files[i % files.Count];
            Assert.Equal(hash, ImageCorpus.Hash(ResNetSharp.Imaging.Image.Load(file).Pixels));
        });
    }

    [Theory]
    [InlineData(30)]
    [InlineData(1000)]
    [InlineData(32767)]
    public void Transforms_agree_on_any_coefficients(int magnitude)
    {
        var random = new Random(magnitude);
        var coefficients = stackalloc short[128];
        var steps = stackalloc short[128];
        var fast = stackalloc byte[128];
        var slow = stackalloc byte[128];
        for (var round = 0; round < 300; round++)
        {
            for (var i = 0; i < 128; i++)
            {
                coefficients[i] = (short)(random.Next(3) == 0 ? random.Next(-magnitude, magnitude + 1) : 0);
                steps[i] = (short)random.Next(1, 100);
            }
            var portable = new BlockTransformer(allowVectors: false);
            var vectors = new BlockTransformer(allowVectors: true);
            foreach (var (transformer, target) in new[] { (portable, (nint)slow), (vectors, (nint)fast) })
            {
                for (var block = 0; block < 2; block++)
                {
                    new Span<short>(coefficients + 64 * block, 64).CopyTo(new Span<short>(transformer.NextBlock, 64));
                    transformer.Add(63, steps + 64 * block, (byte*)target + 64 * block, 8);
                }
                transformer.Flush();
            }
            Assert.Equal(new Span<byte>(slow, 128), new Span<byte>(fast, 128));
        }
    }

    [Fact]
    public void A_flat_block_needs_no_transform()
    {
        var coefficients = stackalloc short[64];
        var steps = stackalloc short[64];
        var samples = stackalloc byte[64];
        var shortcut = stackalloc byte[64];
        new Span<short>(coefficients, 64).Clear();
        new Span<short>(steps, 64).Fill(1);
        var transformer = new BlockTransformer(allowVectors: true);
        for (var value = -1200; value <= 1200; value++)
        {
            coefficients[0] = (short)value;
            InverseDct.Transform(coefficients, steps, samples, 8);
            transformer.NextBlock[0] = (short)value;
            transformer.Add(0, steps, shortcut, 8);
            Assert.Equal(new Span<byte>(samples, 64), new Span<byte>(shortcut, 64));
        }
    }

    [Fact]
    public void Colours_agree_for_all_chroma()
    {
        const int width = 256;
        var luma = stackalloc byte[width];
        var cb = stackalloc byte[width];
        var cr = stackalloc byte[width];
        var fast = new byte[3 * width];
        var slow = new byte[3 * width];
        for (var i = 0; i < width; i++) cb[i] = (byte)i;
        for (var value = 0; value < 256; value++)
        {
            new Span<byte>(cr, width).Fill((byte)value);
            for (var i = 0; i < width; i++) luma[i] = (byte)(i * 7 + value * 13);
            fixed (byte* a = fast, b = slow)
            {
                ColourConversion.YCbCr(luma, cb, cr, width, a, vectorised: true);
                ColourConversion.YCbCr(luma, cb, cr, width, b, vectorised: false);
            }
            Assert.Equal(slow, fast);
        }
    }
}
