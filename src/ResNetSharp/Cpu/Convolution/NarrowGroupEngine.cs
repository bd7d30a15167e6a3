using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>Output and input gradient of <see cref="NarrowGroups"/>: band after band of an image, through planes in the second-level cache.</summary>
internal sealed unsafe class NarrowGroupEngine : ConvolutionEngine, IParallelBody
{
    const long CachedBytes = 512 << 10;

    readonly ConvolutionGeometry geometry;
    readonly bool transposed;
    readonly ImageLayout source;
    readonly ImageLayout destination;
    readonly TileEpilogue epilogue;
    readonly int lanes;
    readonly int width;
    readonly int planes;
    readonly Grid[] grids;
    readonly int bandsPerImage;
    readonly long packedLength;
    readonly long stagedLength;
    ConvolutionPointers pointers;

    public NarrowGroupEngine(
        ConvolutionGeometry geometry, InstructionSet set, bool transposed, TileGrid[] grids, ImageLayout source, ImageLayout destination, TileEpilogue epilogue)
    {
        (this.geometry, this.transposed, this.source, this.destination, this.epilogue) = (geometry, transposed, source, destination, epilogue);
        lanes = TileKernel.Lanes(set);
        width = geometry.GroupInChannels;
        planes = (geometry.InChannels + lanes - 1) / lanes;
        this.grids = [.. grids.Where(g => g.Points > 0).Select(g => new Grid(g, set, width, planes, lanes))];
        bandsPerImage = this.grids.Sum(g => g.Bands);
        packedLength = this.grids.Max(g => g.PackedLength(g.BandRows));
        stagedLength = this.grids.Max(g => (long)g.BandRows * g.Shape.Columns) * planes * lanes;
    }

    public override long PackedBytes => grids.Sum(g => (long)g.Shape.Taps.Length) * planes * width * lanes * sizeof(float);

    public override long WorkBytes(int workers) => workers * (packedLength + stagedLength) * sizeof(float);

    public override void Pack(Workers workers, float* weights, float* packed)
    {
        foreach (var grid in grids)
        {
            for (var plane = 0; plane < planes; plane++)
            {
                foreach (var tap in grid.Shape.Taps)
                {
                    for (var moved = 0; moved < width; moved++, packed += lanes)
                        PackRegister(weights + (long)tap.Kernel * width * geometry.OutChannels, plane * lanes, moved, packed);
                }
            }
        }
    }

    public override void RunPacked(Workers workers, ConvolutionPointers pointers)
    {
        this.pointers = pointers;
        workers.Run(this, geometry.Batch * bandsPerImage);
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var (image, band) = Math.DivRem(part, bandsPerImage);
        var packed = (float*)pointers.Work + worker * (packedLength + stagedLength);
        var weights = pointers.Packed;
        foreach (var grid in grids)
        {
            if (band < grid.Bands)
            {
                Band(grid, image, band, weights, packed, packed + packedLength);
                return;
            }
            band -= grid.Bands;
            weights += (long)planes * grid.Shape.Taps.Length * width * lanes;
        }
    }

    /// <summary>The weights between each lane of a plane and the one that its product is moved to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackRegister(float* tap, int first, int moved, float* to)
    {
        for (var lane = 0; lane < lanes; lane++)
        {
            var (input, output) = transposed ? (lane ^ moved, lane) : (lane, lane ^ moved);
            to[lane] = first + lane < geometry.InChannels ? tap[(long)(input % width) * geometry.OutChannels + first + output] : 0;
        }
    }

    void Band(Grid grid, int image, int band, float* weights, float* packed, float* staged)
    {
        var shape = grid.Shape;
        var first = band * grid.BandRows;
        var rows = Math.Min(grid.BandRows, shape.Rows - first);
        var window = grid.Window(first, rows);
        NarrowGroups.Pack(pointers.Source + image * source.ImagePitch, source, window, geometry.InChannels, lanes, packed);
        GroupTileArguments arguments;
        for (var plane = 0; plane < planes; plane++)
        {
            arguments.Weights = (byte*)(weights + (long)plane * shape.Taps.Length * width * lanes);
            for (var y = 0; y < rows; y++)
            {
                arguments.Source = (byte*)(packed + ((long)plane * window.Rows + y * shape.SourceStepRow) * window.Columns * lanes);
                arguments.Destination = (byte*)(staged + ((long)plane * rows + y) * shape.Columns * lanes);
                foreach (var (kernel, tiles) in grid.Runs)
                {
                    arguments.Tiles = tiles;
                    kernel.Run(&arguments);
                    var pixels = (long)kernel.Pixels * tiles * lanes * sizeof(float);
                    arguments.Source += pixels * shape.SourceStepColumn;
                    arguments.Destination += pixels;
                }
            }
        }
        for (var y = 0; y < rows; y++)
        {
            var offset = image * destination.ImagePitch + (shape.FirstRow + (first + y) * shape.StepRow) * destination.RowPitch
                + shape.FirstColumn * destination.PixelPitch;
            Finish(staged + (long)y * shape.Columns * lanes, (long)rows * shape.Columns * lanes, offset, shape.StepColumn * destination.PixelPitch, shape.Columns);
        }
    }

    /// <summary>Writes a row of results, pixel after pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Finish(float* staged, long pitch, long offset, long step, int columns)
    {
        var channels = geometry.InChannels;
        for (var x = 0; x < columns; x++, staged += lanes, offset += step)
        {
            var from = staged;
            var c = 0;
            if (lanes == Vector512<float>.Count)
                for (; c <= channels - Vector512<float>.Count; c += Vector512<float>.Count, from += pitch) Finish512(Vector512.Load(from), c, offset + c);
            else
                for (; c <= channels - Vector256<float>.Count; c += Vector256<float>.Count, from += pitch) Finish256(Vector256.Load(from), c, offset + c);
            for (var lane = 0; c + lane < channels; lane++) FinishOne(from[lane], c + lane, offset + c + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Finish512(Vector512<float> value, int channel, long offset)
    {
        var to = pointers.Destination + offset;
        if (epilogue.Bias) value += Vector512.Load(pointers.Bias + channel);
        if (epilogue.Residual) value += Vector512.Load(pointers.Residual + offset);
        if (epilogue.Accumulate) value += Vector512.Load(to);
        if (epilogue.Relu) value = Vector512.ConditionalSelect(Vector512.LessThan(value, Vector512<float>.Zero), Vector512<float>.Zero, value);
        value.Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Finish256(Vector256<float> value, int channel, long offset)
    {
        var to = pointers.Destination + offset;
        if (epilogue.Bias) value += Vector256.Load(pointers.Bias + channel);
        if (epilogue.Residual) value += Vector256.Load(pointers.Residual + offset);
        if (epilogue.Accumulate) value += Vector256.Load(to);
        if (epilogue.Relu) value = Vector256.ConditionalSelect(Vector256.LessThan(value, Vector256<float>.Zero), Vector256<float>.Zero, value);
        value.Store(to);
    }

    void FinishOne(float value, int channel, long offset)
    {
        if (epilogue.Bias) value += pointers.Bias[channel];
        if (epilogue.Residual) value += pointers.Residual[offset];
        if (epilogue.Accumulate) value += pointers.Destination[offset];
        pointers.Destination[offset] = epilogue.Relu && value < 0 ? 0 : value;
    }

    /// <summary>A grid, cut into bands, and the kernels of a row.</summary>
    sealed class Grid
    {
        readonly int top;
        readonly int left;
        readonly int height;
        readonly int columns;
        readonly int planeLanes;

        public Grid(TileGrid shape, InstructionSet set, int width, int planes, int lanes)
        {
            Shape = shape;
            planeLanes = planes * lanes;
            if (shape.Taps.Length > 0)
            {
                (top, left) = (shape.Taps.Min(t => t.Row), shape.Taps.Min(t => t.Column));
                height = shape.Taps.Max(t => t.Row) - top + 1;
                columns = (shape.Columns - 1) * shape.SourceStepColumn + shape.Taps.Max(t => t.Column) - left + 1;
            }
            var rowBytes = ((long)shape.SourceStepRow * columns + shape.Columns) * planeLanes * sizeof(float);
            var wanted = (int)Math.Clamp(CachedBytes / rowBytes, 1, shape.Rows);
            Bands = (shape.Rows + wanted - 1) / wanted;
            BandRows = (shape.Rows + Bands - 1) / Bands;
            Bands = (shape.Rows + BandRows - 1) / BandRows;
            var taps = string.Join(' ', shape.Taps.Select(t => (t.Row - top) * columns + t.Column - left));
            var tiles = (shape.Columns + GroupTileKernel.MaxPixels(set, width) - 1) / GroupTileKernel.MaxPixels(set, width);
            var (pixels, larger) = Math.DivRem(shape.Columns, tiles);
            Runs = [.. new[] { (pixels + 1, larger), (pixels, tiles - larger) }.Where(r => r.Item2 > 0)
                .Select(r => (new GroupTileKernel(new GroupTileShape(set, width, r.Item1, shape.SourceStepColumn, taps)), r.Item2))];
        }

        public TileGrid Shape { get; }

        public int BandRows { get; }

        public int Bands { get; }

        public (GroupTileKernel Kernel, int Tiles)[] Runs { get; }

        /// <summary>The pixels of the source that some rows need.</summary>
        public PixelWindow Window(int first, int rows) =>
            new(first * Shape.SourceStepRow + top, left, height == 0 ? 0 : (rows - 1) * Shape.SourceStepRow + height, columns);

        /// <summary>Numbers of their planes.</summary>
        public long PackedLength(int rows) => (long)Window(0, rows).Rows * columns * planeLanes;
    }
}
