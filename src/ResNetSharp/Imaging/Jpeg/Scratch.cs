using System.Runtime.InteropServices;
using ResNetSharp.Cpu;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>Working memory that is kept from picture to picture and only grows.</summary>
internal sealed unsafe class Scratch
{
    // What a photograph of a training set needs; a huge picture's memory is given back after it.
    const long KeptBytes = 8 << 20;

    NativeBuffer? buffer;

    /// <summary>At least so many bytes, with any content; memory handed out before is no longer valid.</summary>
    public byte* Reserve(long bytes)
    {
        if (buffer is null || buffer.Bytes < bytes) buffer = new NativeBuffer(bytes);
        return buffer.Pointer;
    }

    /// <summary>At least so many bytes, all zero.</summary>
    public byte* ReserveZeroed(long bytes)
    {
        if (buffer is null || buffer.Bytes < bytes) buffer = new NativeBuffer(bytes);
        else NativeMemory.Clear(buffer.Pointer, (nuint)bytes);
        return buffer.Pointer;
    }

    /// <summary>Drops memory that is too large to keep.</summary>
    public void Trim()
    {
        if (buffer is { Bytes: > KeptBytes }) buffer = null;
    }
}
