using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

/// <summary>Small data sets with known pixels.</summary>
static class TestPictures
{
    /// <summary>Pictures of random bytes.</summary>
    public static Dataset Bytes(int count, int height = 6, int width = 5, int channels = 3, int classes = 4, ulong seed = 1)
    {
        var random = new RandomSource(seed);
        var pixels = new byte[count * height * width * channels];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)random.NextInt(256);
        return Dataset.FromArrays(pixels, (height, width, channels), [.. Enumerable.Range(0, count).Select(i => i % classes)]);
    }

    /// <summary>Reads one picture with the stream that a loader would give it.</summary>
    public static float[] Read(Dataset data, int index, ulong seed = 0, ulong epoch = 0)
    {
        var pixels = new float[data.ElementShape.Size];
        var random = RandomSource.For(seed, epoch, (ulong)index);
        data.Read(index, ref random, pixels);
        return pixels;
    }
}
