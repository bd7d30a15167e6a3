using System.Buffers.Binary;
using ResNetSharp.Imaging;

namespace ResNetSharp.Tests.Imaging;

public sealed class BmpTests
{
    [Fact]
    public void Four_bits_index_a_palette() =>
        Assert.Equal([30, 20, 10, 60, 50, 40, 30, 20, 10], Load(3, 1, 4, 0, [10, 20, 30, 0, 40, 50, 60, 0], [0x01, 0x00, 0, 0]));

    [Fact]
    public void Sixteen_bits_have_five_a_colour() => Assert.Equal([255, 0, 0, 0, 0, 255], Load(2, 1, 16, 0, [], [0x00, 0x7C, 0x1F, 0x00]));

    [Fact]
    public void Masks_say_where_colours_lie() =>
        Assert.Equal([255, 255, 0], Load(1, 1, 16, 3, [0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0], [0xE0, 0xFF, 0, 0]));

    [Fact]
    public void Thirty_two_bits_drop_the_fourth_byte() => Assert.Equal([3, 2, 1], Load(1, 1, 32, 0, [], [1, 2, 3, 0]));

    [Fact]
    public void Rows_run_upwards() => Assert.Equal([6, 5, 4, 3, 2, 1], Load(1, 2, 24, 0, [], [1, 2, 3, 0, 4, 5, 6, 0]));

    [Fact]
    public void Negative_heights_run_downwards() => Assert.Equal([3, 2, 1, 6, 5, 4], Load(1, -2, 24, 0, [], [1, 2, 3, 0, 4, 5, 6, 0]));

    [Fact]
    public void A_colour_beyond_the_palette_is_refused() =>
        Assert.Throws<InvalidDataException>(() => Load(1, 1, 8, 0, [1, 2, 3, 0], [255, 0, 0, 0]));

    [Fact]
    public void Unknown_compression_is_refused() =>
        Assert.Contains("compression 2", Assert.Throws<InvalidDataException>(() => Load(1, 1, 4, 2, [], [0, 0, 0, 0])).Message, StringComparison.Ordinal);

    static byte[] Load(int width, int height, int depth, int compression, byte[] table, byte[] pixels)
    {
        var file = new byte[54 + table.Length + pixels.Length];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54 + table.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[28] = (byte)depth;
        file[30] = (byte)compression;
        if (depth <= 8) file[46] = (byte)(table.Length / 4);
        table.CopyTo(file, 54);
        pixels.CopyTo(file, 54 + table.Length);
        return Image.Load(file).Pixels;
    }
}
