using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>Turns coefficients into samples, two blocks at a time where the processor can; flat blocks take a short cut.</summary>
internal sealed unsafe class BlockTransformer
{
    readonly short[] memory = GC.AllocateArray<short>(2 * 64 + 32, pinned: true);
    readonly short* blocks;
    readonly bool vectorised;
    bool waiting;
    short* waitingQuantisation;
    byte* waitingTarget;
    int waitingStride;

    /// <summary>Makes a transformer.</summary>
    /// <param name="allowVectors">False takes the portable path on any processor.</param>
    public BlockTransformer(bool allowVectors)
    {
        vectorised = allowVectors && Avx2.IsSupported;
        fixed (short* first = memory) blocks = (short*)(((nint)first + 63) & ~63);
    }

    /// <summary>Where the next block's coefficients go, row by row; all zero.</summary>
    public short* NextBlock
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => waiting ? blocks + 64 : blocks;
    }

    /// <summary>Transforms <see cref="NextBlock"/>, now or when the next one is there, and clears it.</summary>
    /// <param name="last">0 where only the first coefficient may be other than zero.</param>
    /// <param name="quantisation">64 quantisation steps, row by row.</param>
    /// <param name="target">The block's first sample.</param>
    /// <param name="stride">Samples from row to row.</param>
    public void Add(int last, short* quantisation, byte* target, int stride)
    {
        var block = NextBlock;
        if (last == 0)
        {
            Fill((short)(block[0] * quantisation[0]), target, stride);
            block[0] = 0;
        }
        else if (!vectorised)
        {
            InverseDct.Transform(block, quantisation, target, stride);
            NativeMemory.Clear(block, 64 * sizeof(short));
        }
        else if (!waiting)
        {
            waiting = true;
            waitingQuantisation = quantisation;
            waitingTarget = target;
            waitingStride = stride;
        }
        else
        {
            if (!InverseDctAvx2.TryTransformPair(blocks, waitingQuantisation, waitingTarget, waitingStride, block, quantisation, target, stride))
            {
                InverseDct.Transform(blocks, waitingQuantisation, waitingTarget, waitingStride);
                InverseDct.Transform(block, quantisation, target, stride);
            }
            NativeMemory.Clear(blocks, 2 * 64 * sizeof(short));
            waiting = false;
        }
    }

    /// <summary>Transforms a block that still waits for a second one.</summary>
    public void Flush()
    {
        if (!waiting) return;
        waiting = false;
        InverseDct.Transform(blocks, waitingQuantisation, waitingTarget, waitingStride);
        NativeMemory.Clear(blocks, 64 * sizeof(short));
    }

    /// <summary>Forgets blocks of a picture that was given up.</summary>
    public void Reset()
    {
        waiting = false;
        NativeMemory.Clear(blocks, 2 * 64 * sizeof(short));
    }

    // A block of one coefficient is flat: it is multiplied by four in the columns' pass and divided by 32 in the rows' one.
    static void Fill(short coefficient, byte* target, int stride)
    {
        var sample = (ulong)(Math.Clamp((unchecked((short)(coefficient << 2)) + 16) >> 5, -128, 127) + 128) * 0x0101010101010101;
        for (var row = 0; row < 8; row++) *(ulong*)(target + (long)row * stride) = sample;
    }
}
