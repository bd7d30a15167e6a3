using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The weight gradient of a bfloat16 convolution by <see cref="TileProductKernel"/>s. The sum runs over pixels, so the source is transposed
/// (its rows are channels then) and takes the place of the pixels in a forward convolution, and the result's gradient, pairs of pixels
/// interleaved, that of the weights. A tap is a constant distance between the two. Which sums are made, and in which order they are joined,
/// follows from the shape alone.
/// </summary>
internal sealed unsafe class BFloat16WeightProducts : WeightGradientEngine, IParallelBody
{
    const int Side = TileProductKernel.PanelResults;
    const int BlockBytes = TileProductKernel.SumsBytes;
    const int WantedRows = 512;

    /// <summary>Channels of the source, and of the result, that a part works on: what it rearranges stays in the second-level cache.</summary>
    const int SliceChannels = 128, SliceChannelsOfOneTap = 256, SliceResults = 256, SliceResultsOfOneTap = 512;

    /// <summary>Room for sums of several pieces of the batch that are made at the same time.</summary>
    const long PartialBytes = 4 << 20;

    const int MaxPieces = 16;

    /// <summary>Parts that there should be for the workers, even where pieces are large.</summary>
    const int WantedParts = 4;

    readonly ConvolutionGeometry single;
    readonly ConvolutionGeometry joint;
    readonly TileSource tileSource;
    readonly List<TileChunk> chunks;
    readonly TileProductKernel kernel;
    readonly ushort* source;
    readonly ushort* resultGradient;
    readonly float* weightGradient;
    readonly NativeBuffer zeros = new(Side * sizeof(ushort));
    readonly NativeBuffer tapOffsets;
    readonly NativeBuffer stepOffsets;
    readonly long[] pitches;
    readonly bool gathered;
    readonly int columns;
    readonly int sliceChannels;
    readonly int inputSlices;
    readonly int sliceTiles;
    readonly int groupPanels;
    readonly int outputSlices;
    readonly int slicePanels;
    readonly int pieces;
    readonly long bufferBytes;
    readonly long transposedBytes;
    readonly long panelBytes;
    readonly ReductionBody reduction;
    byte* scratch;
    byte* partials;

    /// <summary>Fixes shape and addresses; see <see cref="BFloat16ConvolutionWeightGradient"/>.</summary>
    public BFloat16WeightProducts(ConvolutionGeometry geometry, InstructionSet set, ushort* source, ushort* resultGradient, float* weightGradient)
    {
        single = geometry;
        joint = JointGroups.Join(geometry, Side);
        this.source = source;
        this.resultGradient = resultGradient;
        this.weightGradient = weightGradient;
        var grid = TileGrid.Forward(geometry)[0];
        var layout = ImageLayout.Dense(geometry.InHeight, geometry.InWidth, geometry.InChannels);
        var output = ImageLayout.Dense(geometry.OutHeight, geometry.OutWidth, geometry.OutChannels);
        gathered = joint.GroupInChannels < Side || (joint.Taps == 1 && !DirectSource.Suits(grid, layout)) || (joint.Taps == 1 && joint.GroupInChannels % Side != 0);
        sliceChannels = gathered ? joint.GroupInChannels : SliceOf(joint.GroupInChannels, joint.Taps == 1 ? SliceChannelsOfOneTap : SliceChannels);
        inputSlices = joint.GroupInChannels / sliceChannels;
        tileSource = gathered ? new GatheredSource(grid, layout, sliceChannels, sizeof(ushort), 0)
            : joint.Taps == 1 ? new DirectSource(grid, geometry.Batch, layout, sliceChannels, sizeof(ushort))
            : new PaddedSource(grid, layout, sliceChannels, sizeof(ushort), 0);
        sliceTiles = gathered ? tileSource.Steps : tileSource.Steps / joint.Taps;
        groupPanels = (joint.GroupOutChannels + Side - 1) / Side;
        slicePanels = Math.Min(groupPanels, (joint.Taps == 1 ? SliceResultsOfOneTap : SliceResults) / Side);
        outputSlices = (groupPanels + slicePanels - 1) / slicePanels;
        columns = joint.GroupOutChannels <= TileProductKernel.Side ? 1 : 2;
        kernel = new TileProductKernel(new TileProductShape(set == InstructionSet.Amx, NarrowType.BFloat16Sums, columns, false, false, false));
        chunks = geometry.Batch == 0 ? [] : TileChunk.Make(0, grid, tileSource, output, geometry.Batch, WantedRows);
        var slices = joint.Groups * outputSlices * inputSlices;
        pieces = (int)Math.Clamp(
            Math.Max(PartialBytes / SumsBytes, (WantedParts + slices - 1) / slices), 1, Math.Clamp(chunks.Count, 1, MaxPieces));
        tapOffsets = new NativeBuffer(Math.Max(chunks.Count, 1) * (long)Taps * sizeof(int));
        reduction = new ReductionBody(this);
        pitches = [.. chunks.Select(TransposedPitch)];
        stepOffsets = new NativeBuffer(chunks.Select(Steps).DefaultIfEmpty().Max() * sizeof(int));
        for (var i = 0; i < stepOffsets.Bytes / sizeof(int); i++) ((int*)stepOffsets.Pointer)[i] = i * TileProductKernel.StepBytes;
        for (var i = 0; i < chunks.Count; i++)
        {
            var part = chunks[i].Part;
            bufferBytes = Math.Max(bufferBytes, Lines(tileSource.BufferBytes(part.Images, part.Rows)));
            transposedBytes = Math.Max(transposedBytes, (long)sliceTiles * Side * pitches[i]);
            panelBytes = Math.Max(panelBytes, Steps(chunks[i]) * (long)columns * TileProductKernel.TileBytes);
            for (var tap = 0; tap < Taps; tap++) ((int*)tapOffsets.Pointer)[i * Taps + tap] = TapPosition(chunks[i], tap) * sizeof(ushort);
        }
    }

    public override long ScratchBytes(int workers) => workers * WorkerBytes + pieces * SumsBytes;

    /// <summary>Taps that are told apart; those whose source is gathered are channels of one.</summary>
    int Taps => gathered ? 1 : joint.Taps;

    /// <summary>Blocks of sums: group, panel, slice, tile of the slice, tap.</summary>
    long SumsBytes => (long)joint.Groups * groupPanels * inputSlices * sliceTiles * Taps * BlockBytes;

    long WorkerBytes => bufferBytes + transposedBytes + slicePanels * panelBytes;

    public override void Run(Workers workers, byte* scratch)
    {
        this.scratch = scratch;
        partials = scratch + workers.Count * WorkerBytes;
        workers.Run(this, pieces * joint.Groups * outputSlices * inputSlices);
        workers.Run(reduction, joint.Groups * groupPanels * inputSlices * sliceTiles);
    }

    static int SliceOf(int channels, int most)
    {
        for (var slice = most; slice >= Side; slice -= Side)
        {
            if (channels % slice == 0) return slice;
        }
        return channels;
    }

    static long Lines(long bytes) => (bytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;

    static int Steps(TileChunk chunk) => (chunk.Shape.Rows + Side - 1) / Side;

    int PositionBytes => gathered ? (int)tileSource.RowBytes : sliceTiles * TileProductKernel.StepBytes;

    /// <summary>The position that belongs to the first row of a part, for a tap.</summary>
    int TapPosition(TileChunk chunk, int tap) => gathered ? 0 : chunk.Shape.StepOffsets[tap * sliceTiles] / PositionBytes;

    /// <summary>Positions that there are in the source of a part.</summary>
    int Positions(TileChunk chunk) =>
        tileSource is PaddedSource ? (int)(tileSource.BufferBytes(chunk.Part.Images, chunk.Part.Rows) / PositionBytes) : chunk.Shape.Rows;

    /// <summary>Bytes between two channels: an odd number of cache lines, for they must not all fall into one set of the cache.</summary>
    long TransposedPitch(TileChunk chunk)
    {
        var last = Enumerable.Range(0, Taps).Max(tap => TapPosition(chunk, tap)) + Steps(chunk) * Side;
        var lines = ((long)Math.Max(last, Positions(chunk)) + Side - 1) / Side;
        return (lines | 1) * NativeBuffer.Alignment;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IParallelBody.Execute(int part, int worker)
    {
        var (piece, slice) = Math.DivRem(part, joint.Groups * outputSlices * inputSlices);
        var (outputSlice, inputSlice) = Math.DivRem(slice, inputSlices);
        var (group, panelSlice) = Math.DivRem(outputSlice, outputSlices);
        var firstPanel = groupPanels * panelSlice / outputSlices;
        var lastPanel = groupPanels * (panelSlice + 1) / outputSlices;
        var first = (int)((long)chunks.Count * piece / pieces);
        var last = (int)((long)chunks.Count * (piece + 1) / pieces);
        var memory = scratch + worker * WorkerBytes;
        for (var i = first; i < last; i++)
        {
            Transpose(i, group * inputSlices + inputSlice, memory, memory + bufferBytes);
            var allPairs = memory + bufferBytes + transposedBytes;
            Interleave(chunks[i], group, firstPanel, lastPanel, allPairs);
            for (var panel = firstPanel; panel < lastPanel; panel++)
            {
                var pairs = allPairs + (panel - firstPanel) * panelBytes;
                for (var tile = 0; tile < sliceTiles; tile++)
                {
                    Multiply(i, memory + bufferBytes, tile, pairs, Sums(piece, group, panel, inputSlice, tile), accumulate: i > first);
                }
            }
        }
        if (first != last) return;
        for (var panel = firstPanel; panel < lastPanel; panel++) new Span<byte>(Sums(piece, group, panel, inputSlice, 0), sliceTiles * Taps * BlockBytes).Clear();
    }

    byte* Sums(int piece, int group, int panel, int inputSlice, int tile) =>
        partials + piece * SumsBytes + (((long)group * groupPanels + panel) * inputSlices + inputSlice) * sliceTiles * Taps * BlockBytes + (long)tile * Taps * BlockBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Multiply(int chunk, byte* transposed, int tile, byte* pairs, byte* sums, bool accumulate)
    {
        TileProductArguments arguments = default;
        arguments.SourcePitch = pitches[chunk];
        arguments.Source = transposed + (long)tile * Side * arguments.SourcePitch;
        arguments.Steps = Steps(chunks[chunk]);
        arguments.StepOffsets = (int*)stepOffsets.Pointer;
        arguments.Weights = pairs;
        arguments.Rows = Taps;
        arguments.DestinationOffsets = (int*)tapOffsets.Pointer + chunk * Taps;
        arguments.Sums = sums;
        arguments.Accumulate = accumulate ? 1 : 0;
        kernel.Run(&arguments);
    }

    /// <summary>Channels by positions. Positions that do not exist are zero, for what is not a number would spread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Transpose(int index, int group, byte* buffer, byte* to)
    {
        var chunk = chunks[index];
        var rows = tileSource.Prepare(chunk.Part, (byte*)source, group, buffer, out var pitch);
        var positions = Positions(chunk);
        var toPitch = pitches[index];
        var edge = stackalloc ushort[Side * Side];
        for (var position = 0; position < toPitch / sizeof(ushort); position += Side, rows += Side * pitch)
        {
            for (var tile = 0; tile < sliceTiles; tile++)
            {
                var from = rows + tile * TileProductKernel.StepBytes;
                var fromPitch = pitch;
                if (position + Side > positions)
                {
                    var exist = Math.Max(positions - position, 0);
                    for (var i = 0; i < Side; i++)
                    {
                        var row = new Span<ushort>(edge + i * Side, Side);
                        if (i < exist) new Span<ushort>(from + i * pitch, Side).CopyTo(row);
                        else row.Clear();
                    }
                    from = (byte*)edge;
                    fromPitch = Side * sizeof(ushort);
                }
                PixelTransposer.Transpose(from, fromPitch, to + tile * Side * toPitch + position * sizeof(ushort), toPitch);
            }
        }
    }

    /// <summary>The gradients of some panels' results, for each position of the part; zero where rows are dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Interleave(TileChunk chunk, int group, int firstPanel, int lastPanel, byte* to)
    {
        var from = resultGradient + chunk.FirstResult + group * joint.GroupOutChannels;
        var offsets = chunk.Shape.DestinationOffsets;
        var edge = stackalloc ushort[2 * Side];
        new Span<ushort>(edge, 2 * Side).Clear();
        var unused = stackalloc ushort[Side];
        var rows = chunk.Shape.Rows;
        for (var i = 0; i < Steps(chunk) * Side; i += 2)
        {
            var first = i < rows && offsets[i] >= 0 ? from + offsets[i] : null;
            var second = i + 1 < rows && offsets[i + 1] >= 0 ? from + offsets[i + 1] : null;
            var place = to + (long)(i / Side) * columns * TileProductKernel.TileBytes + i % Side / 2 * TileProductKernel.StepBytes;
            for (var panel = firstPanel; panel < lastPanel; panel++, place += panelBytes)
            {
                var (start, used) = (panel * Side, Math.Min(joint.GroupOutChannels - panel * Side, Side));
                PixelTransposer.Interleave(
                    Row(first, start, used, edge), Row(second, start, used, edge + Side), place,
                    columns == 1 ? (byte*)unused : place + TileProductKernel.TileBytes);
            }
        }
    }

    /// <summary>Numbers of a row, or zeros where there is none; a row's end is copied, for nothing beyond it may be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    byte* Row(ushort* row, int start, int used, ushort* copy)
    {
        if (row == null) return zeros.Pointer;
        if (used == Side) return (byte*)(row + start);
        new Span<ushort>(row + start, used).CopyTo(new Span<ushort>(copy, Side));
        return (byte*)copy;
    }

    /// <summary>Adds the pieces' sums in their order, and writes them where the weights' gradients belong.</summary>
    sealed class ReductionBody(BFloat16WeightProducts owner) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int part, int worker)
        {
            var (slice, tile) = Math.DivRem(part, owner.sliceTiles);
            var (groupPanel, inputSlice) = Math.DivRem(slice, owner.inputSlices);
            var (group, panel) = Math.DivRem(groupPanel, owner.groupPanels);
            var sums = (float*)owner.Sums(0, group, panel, inputSlice, tile);
            var numbers = owner.Taps * BlockBytes / sizeof(float);
            var total = new Span<float>(sums, numbers);
            for (var piece = 1; piece < owner.pieces; piece++)
            {
                System.Numerics.Tensors.TensorPrimitives.Add(
                    total, new ReadOnlySpan<float>((float*)owner.Sums(piece, group, panel, inputSlice, tile), numbers), total);
            }
            for (var tap = 0; tap < owner.Taps; tap++)
            {
                for (var row = 0; row < Side; row++)
                {
                    owner.WriteRow(group, panel, tap, inputSlice * owner.sliceChannels + tile * Side + row, sums + (tap * Side + row) * Side);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void WriteRow(int group, int panel, int tap, int channel, float* sums)
    {
        if (gathered) (tap, channel) = Math.DivRem(channel, joint.GroupInChannels);
        if (tap >= joint.Taps || channel >= joint.GroupInChannels) return;
        var used = Math.Min(joint.GroupOutChannels - panel * Side, Side);
        var first = (long)group * joint.GroupOutChannels + panel * Side;
        if (single.Groups == joint.Groups)
        {
            new Span<float>(sums, used).CopyTo(new Span<float>(weightGradient + ((long)tap * single.GroupInChannels + channel) * single.OutChannels + first, used));
            return;
        }
        // Of joint groups only the products within a true group are wanted.
        var (trueGroup, input) = Math.DivRem(channel, single.GroupInChannels);
        for (var n = trueGroup * single.GroupOutChannels - panel * Side; n < (trueGroup + 1) * single.GroupOutChannels - panel * Side; n++)
        {
            if (n >= 0 && n < used) weightGradient[((long)tap * single.GroupInChannels + input) * single.OutChannels + first + n] = sums[n];
        }
    }
}
