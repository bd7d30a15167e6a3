using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The weight gradient of a bfloat16 convolution by <see cref="PixelSumsKernel"/>s. The sum runs over pixels: a worker transposes a part of
/// the source (vectors, which take single pairs of it, find them interleaved as well), interleaves the pixels of the result's gradient, once as
/// they are and once moved by one, and multiplies them for every tap, which is a constant distance between the two. Which sums are made, and in
/// which order they are joined, follows from the shape alone.
/// </summary>
internal sealed unsafe class BFloat16WeightProducts : WeightGradientEngine, IParallelBody
{
    const int Side = PixelSumsKernel.Side;
    const int BlockBytes = PixelSumsKernel.BlockBytes;
    const int BlockSums = Side * Side;
    const int PairBytes = 64;

    /// <summary>Positions of a part, which is rearranged at once: with tiles, and with vectors, whose processors have smaller caches.</summary>
    const int WantedPositions = 512, WantedPositionsOfVectors = 256;

    /// <summary>Steps that are multiplied at once: two sixteens of rows, and the pairs for a kernel's taps, stay in the first-level cache.</summary>
    const int RunSteps = 10;

    /// <summary>Channels of the source, and of the result, that a worker works on: the sums stay in the second-level cache.</summary>
    const int SliceChannels = 128, SliceChannelsOfOneTap = 256, SliceResultsOfOneTap = 512;

    /// <summary>Room for sums of several pieces of the batch that are made at the same time.</summary>
    const long PartialBytes = 4 << 20;

    const int MaxPieces = 16;

    /// <summary>Pieces of work that there should be for the workers, even where sums are large.</summary>
    const int WantedTasks = 8;

    readonly bool hasTiles;
    readonly ConvolutionGeometry single;
    readonly ConvolutionGeometry joint;
    readonly GradientPositions positions;
    readonly PhaseSums[] phases;
    readonly GradientPixels images;
    readonly List<GradientPart> parts;
    readonly float* weightGradient;
    readonly int maxSteps;
    readonly int rowChannels;
    readonly int sliceChannels;
    readonly int inputSlices;
    readonly int sliceResults;
    readonly int outputSlices;
    readonly int pieces;
    readonly long pairRows;
    readonly bool evenPairs, oddPairs;
    readonly ReductionBody reduction;
    byte* scratch;
    byte* partials;

    /// <summary>Fixes shape and addresses; see <see cref="BFloat16ConvolutionWeightGradient"/>.</summary>
    public BFloat16WeightProducts(ConvolutionGeometry geometry, InstructionSet set, ushort* source, ushort* resultGradient, float* weightGradient)
    {
        hasTiles = set == InstructionSet.Amx;
        single = geometry;
        joint = JointGroups.Join(Flat(geometry), 2 * Side);
        this.weightGradient = weightGradient;
        positions = new GradientPositions(joint);
        parts = positions.Cut(hasTiles ? WantedPositions : WantedPositionsOfVectors);
        maxSteps = parts.Select(p => p.Steps).DefaultIfEmpty().Max();
        rowChannels = positions.JoinsColumns ? positions.WindowChannels : joint.GroupInChannels;
        sliceChannels = positions.JoinsColumns ? rowChannels : Math.Min(rowChannels, joint.Taps == 1 ? SliceChannelsOfOneTap : SliceChannels);
        inputSlices = (rowChannels + sliceChannels - 1) / sliceChannels;
        sliceResults = Math.Min(joint.GroupOutChannels, joint.Taps == 1 ? SliceResultsOfOneTap : SliceChannels);
        outputSlices = (joint.GroupOutChannels + sliceResults - 1) / sliceResults;
        var distances = positions.Phases.SelectMany(p => p.Taps).Select(Distance).ToArray();
        evenPairs = distances.Any(d => d % 2 == 0);
        oddPairs = distances.Any(d => d % 2 != 0);
        pairRows = (positions.ResultPositions(maxSteps) + 1) / 2;
        phases = new PhaseSums[positions.Phases.Length];
        var first = 0;
        for (var i = 0; i < phases.Length; i++)
        {
            var taps = positions.Phases[i].Taps;
            phases[i] = new PhaseSums(
                hasTiles, first, taps.Length, [.. from tile in Enumerable.Range(0, ResultTiles) from tap in taps select PairsOf(tile, tap)]);
            first += RowTiles * ResultTiles * taps.Length;
        }
        pieces = (int)Math.Clamp(
            Math.Max(PartialBytes / SumsBytes, (WantedTasks + Slices - 1) / Slices), 1, Math.Clamp(parts.Count, 1, MaxPieces));
        images = new GradientPixels(joint, positions, source, resultGradient, rowChannels, Math.Max(sliceChannels, sliceResults));
        reduction = new ReductionBody(this);
    }

    public override long ScratchBytes(int workers) => workers * WorkerBytes + pieces * SumsBytes;

    int RowTiles => Tiles(sliceChannels);

    int ResultTiles => Tiles(sliceResults);

    int Slices => joint.Groups * outputSlices * inputSlices;

    /// <summary>Taps that are told apart by distance.</summary>
    int Taps => positions.JoinsColumns ? joint.KernelHeight : joint.Taps;

    long SliceBytes => (long)RowTiles * ResultTiles * Taps * BlockBytes;

    long SumsBytes => Slices * SliceBytes;

    int SourcePositionBytes => (positions.JoinsColumns ? positions.WindowStep : sliceChannels) * sizeof(ushort);

    long SourceBytes => NativeBuffer.Lines((long)maxSteps * PixelSumsKernel.StepPixels * SourcePositionBytes + GradientPixels.SlackBytes + rowChannels * sizeof(ushort));

    /// <summary>Sixteen rows; an odd number of cache lines, for they must not all fall into one set of the cache.</summary>
    long RowsPitch => (long)maxSteps * BlockBytes + NativeBuffer.Alignment;

    long RowsBytes => RowTiles * RowsPitch;

    long ResultBytes => NativeBuffer.Lines((positions.ResultPositions(maxSteps) + GradientPixels.MorePositions) * (long)sliceResults * sizeof(ushort) + GradientPixels.SlackBytes);

    /// <summary>The pairs of sixteen channels; an odd number of cache lines, for they must not all fall into one set of the cache.</summary>
    long PairsPitch => (pairRows | 1) * PairBytes;

    int Parities => evenPairs && oddPairs ? 2 : 1;

    long PairsBytes => PairsPitch * Parities * (ResultTiles + ResultTiles % 2);

    /// <summary>Addresses of a part's pixels: of the source, or of the result.</summary>
    long TableBytes => NativeBuffer.Lines((long)(positions.ResultPositions(maxSteps) + GradientPixels.MorePositions) * sizeof(byte*));

    long WorkerBytes => TableBytes + SourceBytes + RowsBytes + ResultBytes + PairsBytes;

    static int Tiles(int channels) => (channels + Side - 1) / Side;

    /// <summary>A product of single pixels knows no images: all pixels are rows of one.</summary>
    static ConvolutionGeometry Flat(ConvolutionGeometry g) =>
        g is { IsPixelwise: true, Batch: > 0 }
            ? g with { Batch = 1, InHeight = checked(g.Batch * g.InHeight * g.InWidth), InWidth = 1 }
            : g;

    /// <summary>How far the first position of the source is from the result's first, for a tap.</summary>
    int Distance(GradientTap tap) => positions.Ahead - tap.RowShift * positions.Pitch - tap.ColumnShift;

    int PairsOf(int tile, GradientTap tap)
    {
        var distance = Distance(tap);
        var plane = tile * Parities + (Parities == 2 ? distance % 2 : 0);
        return checked((int)(plane * PairsPitch + distance / 2 * PairBytes));
    }

    public override void Run(Workers workers, byte* scratch)
    {
        this.scratch = scratch;
        partials = scratch + workers.Count * WorkerBytes;
        workers.Run(this, pieces * Slices);
        if (pieces > 1) workers.Run(reduction, Slices * RowTiles);
    }

    byte* Sums(int piece, int slice) => partials + piece * SumsBytes + slice * SliceBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IParallelBody.Execute(int part, int worker)
    {
        var (piece, slice) = Math.DivRem(part, Slices);
        var place = SliceOf(slice);
        var first = (int)((long)parts.Count * piece / pieces);
        var last = (int)((long)parts.Count * (piece + 1) / pieces);
        var sums = Sums(piece, slice);
        if (first == last) new Span<byte>(sums, checked((int)SliceBytes)).Clear();
        var pixels = (byte**)(scratch + worker * WorkerBytes);
        var memory = (byte*)pixels + TableBytes;
        var rows = memory + SourceBytes;
        var pairs = rows + RowsBytes + ResultBytes;
        for (var i = first; i < last; i++)
        {
            // Where nothing is wanted next, something that is there is asked for.
            var next = new Prefetch { Input = sums };
            if (i + 1 < last) images.Ahead(parts[i + 1], place, ref next);
            Interleave(parts[i], place, rows + RowsBytes, pixels, pairs);
            for (var phase = 0; phase < phases.Length; phase++)
            {
                Transpose(parts[i], positions.Phases[phase], place, memory, pixels, rows);
                Multiply(phases[phase], parts[i].Steps, place, rows, pairs, sums, i > first, ref next);
            }
        }
        // Sums of one piece are written while they are in the cache.
        for (var tile = 0; pieces == 1 && tile < RowTiles; tile++) reduction.Execute(slice * RowTiles + tile, worker);
    }

    /// <summary>Adds the products of a phase to the sums, some steps at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Multiply(PhaseSums phase, int steps, GradientSlice slice, byte* rows, byte* pairs, byte* sums, bool accumulate, ref Prefetch next)
    {
        var runs = (steps + RunSteps - 1) / RunSteps;
        for (var run = 0; run < runs; run++)
        {
            var step = steps * run / runs;
            phase.Multiply(
                new PixelSumsArguments
                {
                    Rows = rows + (long)step * BlockBytes,
                    RowsPitch = RowsPitch,
                    Pairs = pairs + (long)step * BlockBytes,
                    Steps = steps * (run + 1) / runs - step,
                    Sums = sums,
                    Accumulate = accumulate || run > 0 ? 1 : 0,
                },
                Tiles(slice.Channels), Tiles(slice.Results), ref next);
        }
    }

    GradientSlice SliceOf(int slice)
    {
        var (outputSlice, inputSlice) = Math.DivRem(slice, inputSlices);
        var (group, resultSlice) = Math.DivRem(outputSlice, outputSlices);
        return new GradientSlice(
            group, inputSlice * sliceChannels, Math.Min(sliceChannels, rowChannels - inputSlice * sliceChannels),
            resultSlice * sliceResults, Math.Min(sliceResults, joint.GroupOutChannels - resultSlice * sliceResults));
    }

    /// <summary>Channels by positions, for a phase.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Transpose(GradientPart part, GradientPhase phase, GradientSlice slice, byte* buffer, byte** pixels, byte* rows)
    {
        images.FindSource(part, phase, slice, buffer, pixels);
        if (!hasTiles)
        {
            PixelTransposer.Interleave(pixels, part.Steps * (PixelSumsKernel.StepPixels / 2), slice.Channels, rows, null, RowsPitch);
            return;
        }
        for (var step = 0; step < part.Steps; step++, pixels += PixelSumsKernel.StepPixels, rows += BlockBytes)
        {
            for (var channel = 0; channel < slice.Channels; channel += PixelTransposer.TransposedChannels)
            {
                var to = rows + channel / Side * RowsPitch + channel % Side * PairBytes;
                PixelTransposer.Transpose(pixels, channel * sizeof(ushort), to);
            }
        }
    }

    /// <summary>Pairs of pixels of the result's gradient, by sixteens of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Interleave(GradientPart part, GradientSlice slice, byte* buffer, byte** pixels, byte* pairs)
    {
        images.FindResult(part, slice, buffer, pixels);
        var odd = oddPairs ? pairs + (Parities - 1) * PairsPitch : null;
        PixelTransposer.Interleave(pixels, (positions.ResultPositions(part.Steps) + 1) / 2, slice.Results, evenPairs ? pairs : null, odd, Parities * PairsPitch);
    }

    /// <summary>Adds the pieces' sums in their order, and writes them where the weights' gradients belong.</summary>
    sealed class ReductionBody(BFloat16WeightProducts owner) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int part, int worker)
        {
            var (slice, rowTile) = Math.DivRem(part, owner.RowTiles);
            var place = owner.SliceOf(slice);
            if (rowTile * Side >= place.Channels) return;
            for (var i = 0; i < owner.phases.Length; i++)
            {
                var phase = owner.phases[i];
                var first = ((long)phase.FirstBlock + rowTile * phase.RowBlocks) * BlockBytes;
                var sums = (float*)(owner.Sums(0, slice) + first);
                for (var piece = 1; piece < owner.pieces; piece++)
                {
                    SumKernel.Add(sums, (float*)(owner.Sums(piece, slice) + first), sums, phase.RowBlocks * BlockSums);
                }
                for (var tap = 0; tap < phase.Taps; tap++)
                {
                    var columns = sums + tap * BlockSums;
                    for (var row = 0; row < Side; row++)
                    {
                        var channel = owner.hasTiles ? rowTile * Side + row : PixelTransposer.Channel(rowTile, row, place.Channels);
                        if (channel < place.Channels) owner.Write(place, owner.positions.Phases[i].Taps[tap], channel, columns + row * Side, phase.Taps * BlockSums);
                    }
                }
            }
        }
    }

    /// <summary>The sums of a channel and a tap, sixteen results after sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Write(GradientSlice slice, GradientTap tap, int channel, float* sums, int pitch)
    {
        var ordered = stackalloc float[2 * Side];
        var result = 0;
        if (!positions.JoinsColumns && single.Groups == joint.Groups)
        {
            var to = Place(slice, tap.KernelRow, tap.KernelColumn, slice.FirstChannel + channel, slice.FirstResult);
            for (; result <= slice.Results - 2 * Side; result += 2 * Side, sums += 2 * pitch) PixelTransposer.InOrder(sums, sums + pitch, to + result);
        }
        for (; result < slice.Results; result += 2 * Side, sums += 2 * pitch)
        {
            var used = Math.Min(slice.Results - result, 2 * Side);
            if (used <= Side) PixelTransposer.HalfInOrder(sums, ordered);
            else PixelTransposer.InOrder(sums, sums + pitch, ordered);
            WriteRow(slice, tap, slice.FirstChannel + channel, slice.FirstResult + result, ordered, used);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void WriteRow(GradientSlice slice, GradientTap tap, int channel, int result, float* sums, int used)
    {
        var column = tap.KernelColumn;
        if (positions.JoinsColumns) (column, channel) = Math.DivRem(channel, joint.InChannels);
        if (single.Groups == joint.Groups)
        {
            new Span<float>(sums, used).CopyTo(new Span<float>(Place(slice, tap.KernelRow, column, channel, result), used));
            return;
        }
        // Of joint groups only the products within a true group are wanted.
        var (trueGroup, input) = Math.DivRem(channel, single.GroupInChannels);
        for (var n = trueGroup * single.GroupOutChannels - result; n < (trueGroup + 1) * single.GroupOutChannels - result; n++)
        {
            if (n >= 0 && n < used) *Place(slice, tap.KernelRow, column, input, result + n) = sums[n];
        }
    }

    /// <summary>The gradient of a weight of a slice's group.</summary>
    float* Place(GradientSlice slice, int kernelRow, int kernelColumn, int channel, int result) =>
        weightGradient + (((long)kernelRow * joint.KernelWidth + kernelColumn) * single.GroupInChannels + channel) * single.OutChannels
            + slice.Group * joint.GroupOutChannels + result;
}
