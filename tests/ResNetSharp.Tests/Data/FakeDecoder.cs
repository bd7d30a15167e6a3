using ResNetSharp.Imaging;

namespace ResNetSharp.Tests.Data;

/// <summary>Decodes pictures of three bytes: width, height, and a brightness; pixels count up from it.</summary>
sealed class FakeDecoder : IImageDecoder
{
    public static byte[] Encode(byte width, byte height, byte brightness) => [width, height, brightness];

    public Image Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length != 3 || encoded[0] == 0) throw new InvalidDataException("this is no picture");
        var start = encoded[2];
        return new Image(encoded[0], encoded[1], [.. Enumerable.Range(0, encoded[0] * encoded[1] * 3).Select(i => (byte)(start + i))]);
    }
}
