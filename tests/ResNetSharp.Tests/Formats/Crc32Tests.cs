using System.Text;
using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

public sealed class Crc32Tests
{
    [Fact]
    public void The_published_check_value_is_met() => Assert.Equal(0xCBF43926, Crc32.Append(0, Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void Folding_gives_what_the_table_gives_for_every_length()
    {
        var bytes = new byte[500];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
            Assert.Equal(Crc32.AppendByTable(7, bytes.AsSpan(0, length)), Crc32.Append(7, bytes.AsSpan(0, length)));
    }
}
