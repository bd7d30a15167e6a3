using System.Text;
using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

public sealed class Crc32Tests
{
    [Fact]
    public void The_published_check_value_is_met() => Assert.Equal(0xCBF43926, Crc32.Append(0, Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void Folding_gives_what_the_tables_give_and_these_what_single_bytes_give_for_every_length()
    {
        var bytes = new byte[500];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            var single = 7u;
            for (int i = 0; i < length; i++) single = Crc32.AppendByTable(single, bytes.AsSpan(i, 1));
            Assert.Equal(single, Crc32.AppendByTable(7, bytes.AsSpan(0, length)));
            Assert.Equal(single, Crc32.Append(7, bytes.AsSpan(0, length)));
        }
    }
}
