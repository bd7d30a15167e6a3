using System.Runtime.InteropServices;

namespace ResNetSharp.Imaging.Png;

/// <summary>The checksum of PNG chunks (ISO 3309), eight bytes at a step.</summary>
internal static class Crc32
{
    const uint Polynomial = 0xEDB88320;

    // Tables[k * 256 + b]: the checksum's change by byte b that k zero bytes follow.
    static readonly uint[] Tables = MakeTables();

    /// <summary>The checksum of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var tables = Tables;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            var mixed = (BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word)) ^ crc;
            crc = tables[7 * 256 + (byte)mixed] ^ tables[6 * 256 + (byte)(mixed >> 8)]
                ^ tables[5 * 256 + (byte)(mixed >> 16)] ^ tables[4 * 256 + (byte)(mixed >> 24)]
                ^ tables[3 * 256 + (byte)(mixed >> 32)] ^ tables[2 * 256 + (byte)(mixed >> 40)]
                ^ tables[256 + (byte)(mixed >> 48)] ^ tables[(byte)(mixed >> 56)];
        }
        foreach (var single in bytes[(bytes.Length & ~7)..]) crc = tables[(byte)(crc ^ single)] ^ crc >> 8;
        return ~crc;
    }

    static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0; i < 256; i++)
        {
            var crc = (uint)i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? Polynomial ^ crc >> 1 : crc >> 1;
            tables[i] = crc;
        }
        for (var i = 256; i < tables.Length; i++) tables[i] = tables[tables[i - 256] & 0xFF] ^ tables[i - 256] >> 8;
        return tables;
    }
}
