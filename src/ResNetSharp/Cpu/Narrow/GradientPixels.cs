using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>What a worker works on: a group, and some of its channels and of its results.</summary>
internal readonly record struct GradientSlice(int Group, int FirstChannel, int Channels, int FirstResult, int Results);

/// <summary>
/// Where the pixels of a part lie that a <see cref="BFloat16WeightProducts"/> multiplies: tables of addresses, one for each position, of the image itself
/// where that can be read as it is, and otherwise of a copy.
/// </summary>
/// <param name="joint">The convolution, with several groups taken together.</param>
/// <param name="positions">The order of the pixels.</param>
/// <param name="source">(batch, height, width, input channels).</param>
/// <param name="resultGradient">(batch, output height, output width, output channels).</param>
/// <param name="rowChannels">Channels that a position of the source stands for.</param>
/// <param name="mostChannels">Channels of the source or of the result that a slice has at most.</param>
internal sealed unsafe class GradientPixels(
    ConvolutionGeometry joint, GradientPositions positions, ushort* source, ushort* resultGradient, int rowChannels, int mostChannels)
{
    /// <summary>Positions behind the last that pairs take where their number is odd, or where they begin with an odd one.</summary>
    public const int MorePositions = 2;

    /// <summary>Bytes behind the last position that may be read.</summary>
    public const int SlackBytes = 64;

    const int Side = PixelSumsKernel.Side;

    readonly NativeBuffer zeros = new(mostChannels * sizeof(ushort) + SlackBytes);

    /// <summary>Asks for the memory of a part, as far as it is one run.</summary>
    public void Ahead(GradientPart part, GradientSlice slice, ref Prefetch next)
    {
        if (!positions.IsDense || joint.Groups > 1) return;
        var first = ((long)part.FirstImage * joint.InHeight + part.FirstRow) * joint.InWidth;
        var pixels = Math.Min((long)part.Steps * PixelSumsKernel.StepPixels, (long)joint.Batch * joint.InHeight * joint.InWidth - first);
        if (slice.Channels == joint.InChannels)
        {
            next.Input = (byte*)(source + first * joint.InChannels);
            next.InputBytes = pixels * joint.InChannels * sizeof(ushort);
        }
        if (slice.Results != joint.OutChannels) return;
        next.Gradient = (byte*)(resultGradient + first * joint.OutChannels);
        next.GradientBytes = pixels * joint.OutChannels * sizeof(ushort);
    }

    /// <summary>The pixels of a phase. Single pixels are read where they are, unless more would be read than there is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FindSource(GradientPart part, GradientPhase phase, GradientSlice slice, byte* buffer, byte** pixels)
    {
        var pixelBytes = joint.InChannels * sizeof(ushort);
        var rowBytes = (long)joint.InWidth * pixelBytes;
        var images = (byte*)(source + slice.Group * joint.GroupInChannels + (positions.JoinsColumns ? 0 : slice.FirstChannel)) + phase.FirstRow * rowBytes;
        var copies = positions.JoinsColumns || slice.Channels % Side != 0;
        var pitch = (positions.JoinsColumns ? positions.WindowStep : slice.Channels) * sizeof(ushort);
        var table = new PixelTable(pixels, zeros.Pointer);
        var writer = new PixelWriter(buffer, pitch);
        for (var i = 0; i < part.Images; i++)
        {
            var image = images + (part.FirstImage + i) * joint.InHeight * rowBytes;
            var last = Math.Min(part.FirstRow + part.Rows, phase.Rows);
            var together = positions.IsDense ? Math.Max(last - part.FirstRow, 1) : 1;
            for (var row = part.FirstRow; row < last; row += together)
            {
                var position = (i * positions.ImageRows + row - part.FirstRow) * positions.Pitch;
                var from = image + row * joint.StrideHeight * rowBytes;
                var first = from + phase.FirstColumn * pixelBytes;
                if (!copies) table.Add(position, first, (long)joint.StrideWidth * pixelBytes, together * phase.Columns);
                else if (!positions.JoinsColumns) writer.Copy(position, first, (long)joint.StrideWidth * pixelBytes, together * phase.Columns);
                else writer.CopyBytes(position, joint.PadLeft * pixelBytes, from, Math.Min(rowBytes, positions.Pitch * pitch - joint.PadLeft * pixelBytes));
            }
        }
        var count = part.Steps * PixelSumsKernel.StepPixels;
        if (copies)
        {
            writer.ClearTo(count, SlackBytes + rowChannels * sizeof(ushort));
            table.Add(0, buffer, pitch, count);
        }
        else table.ClearTo(count);
    }

    /// <summary>The gradients of the results that the taps meet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FindResult(GradientPart part, GradientSlice slice, byte* buffer, byte** pixels)
    {
        var pixelBytes = joint.OutChannels * sizeof(ushort);
        var rowBytes = (long)joint.OutWidth * pixelBytes;
        var images = (byte*)(resultGradient + slice.Group * joint.GroupOutChannels + slice.FirstResult);
        var copies = slice.Results % Side != 0;
        var pitch = slice.Results * sizeof(ushort);
        var table = new PixelTable(pixels, zeros.Pointer);
        var writer = new PixelWriter(buffer, pitch);
        var first = Math.Max(0, part.FirstRow - positions.RowReach.Ahead);
        var last = Math.Min(joint.OutHeight, part.FirstRow + part.Rows + positions.RowReach.Behind);
        var together = positions.IsDense ? Math.Max(last - first, 1) : 1;
        for (var i = 0; i < part.Images; i++)
        {
            var image = images + (part.FirstImage + i) * joint.OutHeight * rowBytes;
            for (var row = first; row < last; row += together)
            {
                var position = (i * positions.ImageRows + row - part.FirstRow) * positions.Pitch + positions.Ahead;
                if (copies) writer.Copy(position, image + row * rowBytes, pixelBytes, together * joint.OutWidth);
                else table.Add(position, image + row * rowBytes, pixelBytes, together * joint.OutWidth);
            }
        }
        var count = positions.ResultPositions(part.Steps) + MorePositions;
        if (copies)
        {
            writer.ClearTo(count, SlackBytes);
            table.Add(0, buffer, pitch, count);
        }
        else table.ClearTo(count);
    }
}
