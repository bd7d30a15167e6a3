using System.Runtime.InteropServices;

namespace ResNetSharp.Formats;

/// <summary>
/// A named array of numbers in a file or in memory. Nothing is read before it is asked for; the values come in row-major order, whatever
/// order the file keeps them in. Reading is safe from several threads.
/// </summary>
public abstract class StoredTensor
{
    const int WindowBytes = 1 << 18;

    private protected StoredTensor(string name, Shape shape, TensorType type)
    {
        Name = name;
        Shape = shape;
        Type = type;
        Count = shape.Size;
        ByteLength = type.ByteLength(Count);
        if (ByteLength < 0) throw new ArgumentException($"tensor '{name}': {shape} elements of {type} do not fill whole bytes", nameof(shape));
    }

    /// <summary>The name in the file, such as <c>layer1.0.conv1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The extents, in the file's own axis order.</summary>
    public Shape Shape { get; }

    /// <summary>The type the values are stored in.</summary>
    public TensorType Type { get; }

    /// <summary>The number of elements; 1 for a scalar.</summary>
    public long Count { get; }

    /// <summary>The number of bytes of all elements, densely packed.</summary>
    public long ByteLength { get; }

    /// <summary>Reads all values, converted to the nearest floats.</summary>
    /// <param name="destination">Room for exactly <see cref="Count"/> values.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or its values are not single numbers.</exception>
    public void ReadFloats(Span<float> destination)
    {
        if (destination.Length != Count)
            throw new ArgumentException($"tensor '{Name}' of shape {Shape} has {Count} values, the destination {destination.Length}", nameof(destination));
        ReadFloats(0, destination);
    }

    /// <summary>Reads a run of values, converted to the nearest floats.</summary>
    /// <param name="start">The index of the first value, in row-major order.</param>
    /// <param name="destination">Where the values go; its length says how many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The run reaches beyond the last value.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or its values are not single numbers.</exception>
    public void ReadFloats(long start, Span<float> destination)
    {
        CheckRange(start, destination.Length, Count);
        if (!Type.IsNumber()) throw new InvalidDataException($"{Origin}tensor '{Name}' has elements of type {Type}, which are not single numbers.");
        int size = Type.Bytes();
        if (Type == TensorType.Float32)
        {
            ReadChecked(start * size, MemoryMarshal.AsBytes(destination));
            return;
        }
        using var window = new Scratch(Window(destination.Length * (long)size));
        for (int done = 0, step = window.Bytes.Length / size; done < destination.Length; done += step)
        {
            step = Math.Min(step, destination.Length - done);
            var bytes = window.Bytes[..(step * size)];
            ReadChecked((start + done) * size, bytes);
            TensorTypes.ToFloats(Type, bytes, destination.Slice(done, step));
        }
    }

    /// <summary>All values, converted to the nearest floats.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, its values are not single numbers, or there are more than an array can hold.</exception>
    public float[] ToFloats()
    {
        if (Count > Array.MaxLength) throw new InvalidDataException($"{Origin}tensor '{Name}' of shape {Shape} is too large for one array.");
        var values = GC.AllocateUninitializedArray<float>((int)Count);
        ReadFloats(values);
        return values;
    }

    /// <summary>All values of an <see cref="TensorType.Int64"/> tensor.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or the values have another type.</exception>
    public long[] ToInt64s()
    {
        if (Type != TensorType.Int64) throw new InvalidDataException($"{Origin}tensor '{Name}' has elements of type {Type} where Int64 is expected.");
        if (Count > Array.MaxLength) throw new InvalidDataException($"{Origin}tensor '{Name}' of shape {Shape} is too large for one array.");
        var values = GC.AllocateUninitializedArray<long>((int)Count);
        ReadChecked(0, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Reads bytes of the elements as they are stored: little-endian, row-major, densely packed.</summary>
    /// <param name="offset">The first byte, from the start of the tensor; where an element begins.</param>
    /// <param name="destination">Where the bytes go; its length says how many, and must be that of whole elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bytes reach beyond <see cref="ByteLength"/>.</exception>
    /// <exception cref="ArgumentException">The bytes begin or end within an element.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public void ReadBytes(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination.Length, ByteLength);
        var size = Math.Max(1, Type.Bits() / 8);
        if (offset % size != 0 || destination.Length % size != 0)
            throw new ArgumentException($"tensor '{Name}' has elements of {size} bytes; {destination.Length} bytes from {offset} are not whole elements", nameof(destination));
        ReadChecked(offset, destination);
    }

    /// <summary>The same tensor under another name.</summary>
    /// <param name="name">The new name.</param>
    public StoredTensor Rename(string name) => new RenamedTensor(name, this);

    /// <summary>A tensor of floats in managed memory, to be written to a file. The values are not copied.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">Its extents.</param>
    /// <param name="values">The values in row-major order.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public static StoredTensor Create(string name, Shape shape, ReadOnlyMemory<float> values) => new ArrayTensor<float>(name, shape, TensorType.Float32, values);

    /// <summary>A tensor of 64-bit integers in managed memory, to be written to a file. The values are not copied.</summary>
    /// <inheritdoc cref="Create(string, Shape, ReadOnlyMemory{float})"/>
    public static StoredTensor Create(string name, Shape shape, ReadOnlyMemory<long> values) => new ArrayTensor<long>(name, shape, TensorType.Int64, values);

    /// <summary>A tensor of any type in managed memory, given as its bytes, to be written to a file. The bytes are not copied.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">Its extents.</param>
    /// <param name="type">What the bytes are.</param>
    /// <param name="bytes">The elements, little-endian, in row-major order.</param>
    /// <exception cref="ArgumentException">The number of bytes does not fit the shape and the type.</exception>
    public static StoredTensor Create(string name, Shape shape, TensorType type, ReadOnlyMemory<byte> bytes) => new ArrayTensor<byte>(name, shape, type, bytes);

    /// <summary>A tensor in unmanaged memory, to be written to a file. The memory is not copied and must outlive the tensor.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">Its extents.</param>
    /// <param name="type">What the elements are.</param>
    /// <param name="elements">The first of <c>shape.Size</c> elements, little-endian, in row-major order.</param>
    internal static unsafe StoredTensor Create(string name, Shape shape, TensorType type, void* elements) => new PointerTensor(name, shape, type, (byte*)elements);

    /// <summary>"file: " for messages; nothing for a tensor in memory.</summary>
    internal virtual string Origin => "";

    /// <summary>Whether reading in pieces repeats work, so that a reader should ask for everything at once.</summary>
    internal virtual bool PrefersWholeReads => false;

    /// <summary>Reads whole elements of the row-major, densely packed tensor as bytes; the range has been checked.</summary>
    internal abstract void ReadChecked(long offset, Span<byte> destination);

    /// <summary>Appends all bytes to a stream.</summary>
    internal virtual void WriteTo(Stream stream)
    {
        using var window = new Scratch(Window(ByteLength));
        for (long done = 0, step = window.Bytes.Length; done < ByteLength; done += step)
        {
            step = Math.Min(step, ByteLength - done);
            ReadChecked(done, window.Bytes[..(int)step]);
            stream.Write(window.Array, 0, (int)step);
        }
    }

    // A power of two where it is not everything, so that no element is cut.
    int Window(long bytes) => (int)Math.Clamp(bytes, 64, PrefersWholeReads ? 1 << 30 : WindowBytes);

    void CheckRange(long start, long length, long available)
    {
        if (start < 0 || length > available - start)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"tensor '{Name}' has {available} entries, {length} from {start} are asked for");
    }
}
