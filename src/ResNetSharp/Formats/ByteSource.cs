using Microsoft.Win32.SafeHandles;

namespace ResNetSharp.Formats;

/// <summary>
/// Bytes that can be read at any position, by several threads at once. Every read is checked against <see cref="Length"/>, so that a parser
/// over it can neither run past the end nor be made to.
/// </summary>
internal abstract class ByteSource(string name, long length) : IDisposable
{
    /// <summary>The file, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>The number of bytes.</summary>
    public long Length { get; } = length;

    /// <summary>Fills the destination from a position.</summary>
    /// <exception cref="InvalidDataException">The bytes asked for do not exist.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length || destination.Length > Length - offset)
            throw Fail(offset, $"{destination.Length} bytes are needed here, but the data ends at {Length}");
        if (!destination.IsEmpty) ReadChecked(offset, destination);
    }

    /// <summary>A copy of some bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes asked for do not exist; nothing has been allocated then.</exception>
    public byte[] ReadArray(long offset, long count, string what)
    {
        Check(offset, count, what);
        if (count > Array.MaxLength) throw Fail(offset, $"{what} has {count} bytes, which is too much");
        var bytes = GC.AllocateUninitializedArray<byte>((int)count);
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>Refuses a range that the source does not hold.</summary>
    public void Check(long offset, long count, string what)
    {
        if (offset < 0 || count < 0 || offset > Length || count > Length - offset)
            throw Fail(offset, $"{what} ({count} bytes) reaches beyond the end at {Length}: the file is damaged or cut short");
    }

    /// <summary>A part of this source as a source of its own, valid as long as this one.</summary>
    public ByteSource Slice(long offset, long count, string what)
    {
        Check(offset, count, what);
        return new SlicedBytes(this, offset, count);
    }

    /// <summary>An error that names the file.</summary>
    public InvalidDataException Fail(string reason, Exception? inner = null) => new($"{Name}: {reason}.", inner);

    /// <summary>An error that names the file and the position.</summary>
    public virtual InvalidDataException Fail(long offset, string reason) => Fail($"at byte {offset}: {reason}");

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    private protected abstract void ReadChecked(long offset, Span<byte> destination);

    sealed class SlicedBytes(ByteSource whole, long start, long length) : ByteSource(whole.Name, length)
    {
        public override InvalidDataException Fail(long offset, string reason) =>
            offset >= 0 && offset <= Length ? whole.Fail(start + offset, reason) : Fail(reason);

        private protected override void ReadChecked(long offset, Span<byte> destination) => whole.Read(start + offset, destination);
    }
}

/// <summary>A file on disk. Reads go straight into the destination, so that a tensor is copied once.</summary>
internal sealed class FileBytes : ByteSource
{
    readonly SafeFileHandle handle;

    FileBytes(string path, SafeFileHandle handle) : base(path, RandomAccess.GetLength(handle)) => this.handle = handle;

    public static FileBytes Open(string path) =>
        new(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));

    public override void Dispose()
    {
        handle.Dispose();
        base.Dispose();
    }

    private protected override void ReadChecked(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var count = RandomAccess.Read(handle, destination, offset);
            if (count == 0) throw Fail(offset, "the file became shorter while it was read");
            destination = destination[count..];
            offset += count;
        }
    }
}

/// <summary>Bytes in memory.</summary>
internal sealed class MemoryBytes(string name, ReadOnlyMemory<byte> bytes) : ByteSource(name, bytes.Length)
{
    private protected override void ReadChecked(long offset, Span<byte> destination) =>
        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
}
