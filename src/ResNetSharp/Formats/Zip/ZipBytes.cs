namespace ResNetSharp.Formats;

/// <summary>A file that a zip archive stores as it is. Its checksum is verified before the first byte is handed out.</summary>
internal sealed class StoredZipBytes(ByteSource stored, ZipEntry entry) : ByteSource(stored.Name, stored.Length)
{
    readonly Lock gate = new();
    volatile bool isVerified;

    public override InvalidDataException Fail(long offset, string reason) => stored.Fail(offset, $"('{entry.Name}') {reason}");

    private protected override void ReadChecked(long offset, Span<byte> destination)
    {
        if (isVerified)
        {
            stored.Read(offset, destination);
        }
        else if (offset == 0 && destination.Length == Length)
        {
            // The usual case, a tensor that is the whole file: one pass does both.
            stored.Read(0, destination);
            Compare(Crc32.Append(0, destination));
            isVerified = true;
        }
        else
        {
            Verify();
            stored.Read(offset, destination);
        }
    }

    void Verify()
    {
        lock (gate)
        {
            if (isVerified) return;
            using var window = new Scratch((int)Math.Min(Length, 1 << 18));
            uint crc = 0;
            for (long done = 0; done < Length;)
            {
                var piece = window.Bytes[..(int)Math.Min(window.Bytes.Length, Length - done)];
                stored.Read(done, piece);
                crc = Crc32.Append(crc, piece);
                done += piece.Length;
            }
            Compare(crc);
            isVerified = true;
        }
    }

    void Compare(uint crc)
    {
        if (crc != entry.Crc) throw stored.Fail($"the checksum of '{entry.Name}' in the zip archive is wrong: the file is damaged");
    }
}

/// <summary>A file that a zip archive keeps compressed: unpacked into memory when it is first read.</summary>
internal sealed class InflatedZipBytes : ByteSource
{
    readonly Lazy<byte[]> content;

    public InflatedZipBytes(ByteSource packed, ZipEntry entry) : base(packed.Name, entry.Length) => content = new Lazy<byte[]>(() => Inflate(packed, entry));

    private protected override void ReadChecked(long offset, Span<byte> destination) =>
        content.Value.AsSpan((int)offset, destination.Length).CopyTo(destination);

    static byte[] Inflate(ByteSource packed, ZipEntry entry)
    {
        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length);
        if (!Inflater.TryInflate(packed, bytes))
            throw packed.Fail($"'{entry.Name}' in the zip archive does not unpack to the {entry.Length} bytes that it claims");
        if (Crc32.Append(0, bytes) != entry.Crc) throw packed.Fail($"the checksum of '{entry.Name}' in the zip archive is wrong: the file is damaged");
        return bytes;
    }
}
