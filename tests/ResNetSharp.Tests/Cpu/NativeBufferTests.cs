using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public unsafe class NativeBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(HugePages.SmallestBlock - 1)]
    [InlineData(HugePages.SmallestBlock)]
    [InlineData(2 * HugePages.SmallestBlock + 12_345)]
    public void Memory_of_any_size_is_aligned_zeroed_and_can_be_written_to_its_end(long bytes)
    {
        for (var round = 0; round < 3; round++)
        {
            var buffer = new NativeBuffer(bytes);
            Assert.Equal(0, (nint)buffer.Pointer % NativeBuffer.Alignment);
            var content = new Span<byte>(buffer.Pointer, (int)bytes);
            Assert.Equal(-1, content.IndexOfAnyExcept((byte)0));
            content.Fill(0xA5);
            GC.KeepAlive(buffer);
        }
    }

    [Fact]
    public void A_negative_size_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer(-1));
}
