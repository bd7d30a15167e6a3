using System.IO.Compression;
using System.Text;

namespace ResNetSharp.Tests.Formats;

/// <summary>The full-size files as Keras and PyTorch write them, and the generator of their values.</summary>
static class ZooFile
{
    public const string Folder = "data/weights/zoo";
    const int Period = 997;

    public static byte[] Unpack(string name)
    {
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(File.OpenRead(SharedData.Find($"{Folder}/{name}.gz")!), CompressionMode.Decompress)) gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    /// <summary>A weight: element i of a variable is made of its name and i.</summary>
    public static float Weight(string name, long i, double gain, int fanIn) => (float)((2 * Uniform(name, i) - 1) * (gain * Math.Sqrt(3.0 / fanIn)));

    /// <summary>A bias or a running mean.</summary>
    public static float Bias(string name, long i) => (float)((2 * Uniform(name, i) - 1) * 0.1);

    /// <summary>A scale or a running variance.</summary>
    public static float Scale(string name, long i) => (float)(0.5 + Uniform(name, i));

    static double Uniform(string name, long i)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 0x100000001b3;
        return (Mix(hash + (ulong)(i % Period)) >> 40) / 16777216.0;
    }

    static ulong Mix(ulong x)
    {
        var z = x + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
