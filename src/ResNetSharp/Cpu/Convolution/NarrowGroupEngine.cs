using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Output and input gradient of <see cref="NarrowGroups"/>: band after band of an image, through planes in the second-level cache.</summary>
/// <typeparam name="TNumber">What the images consist of, and what weights are rounded to: float, or bfloat16 as <see cref="ushort"/>.</typeparam>
internal sealed unsafe class NarrowGroupEngine<TNumber> : ConvolutionEngine, IParallelBody where TNumber : unmanaged
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

    public override int MomentBlocks => epilogue.Moments ? geometry.Batch * bandsPerImage : 0;

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
            var weight = first + lane < geometry.InChannels ? tap[(long)(input % width) * geometry.OutChannels + first + output] : 0;
            to[lane] = typeof(TNumber) == typeof(float) ? weight : BFloat16.Round(weight);
        }
    }

    void Band(Grid grid, int image, int band, float* weights, float* packed, float* staged)
    {
        var shape = grid.Shape;
        var first = band * grid.BandRows;
        var rows = Math.Min(grid.BandRows, shape.Rows - first);
        var window = grid.Window(first, rows);
        NarrowGroups.Pack((TNumber*)pointers.Source + image * source.ImagePitch, source, window, geometry.InChannels, lanes, packed);
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
        var sums = pointers.Moments + 2L * (image * bandsPerImage + band) * geometry.InChannels;
        if (epilogue.Moments) new Span<float>(sums, 2 * geometry.InChannels).Clear();
        for (var y = 0; y < rows; y++)
        {
            var offset = image * destination.ImagePitch + (shape.FirstRow + (first + y) * shape.StepRow) * destination.RowPitch
                + shape.FirstColumn * destination.PixelPitch;
            var row = staged + (long)y * shape.Columns * lanes;
            var (pitch, step) = ((long)rows * shape.Columns * lanes, shape.StepColumn * destination.PixelPitch);
            if (lanes == Register512.Lanes) Finish<Register512>(row, pitch, offset, step, shape.Columns, sums);
            else Finish<Register256>(row, pitch, offset, step, shape.Columns, sums);
        }
    }

    /// <summary>Writes a row of results, in the order in which they lie, or plane after plane where they are added up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Finish<T>(float* staged, long pitch, long offset, long step, int columns, float* sums) where T : unmanaged, IRegister<T>
    {
        var channels = geometry.InChannels;
        var c = 0;
        if (!epilogue.Moments)
        {
            for (var x = 0; x < columns; x++)
            {
                var from = staged + (long)x * T.Lanes;
                for (c = 0; c <= channels - T.Lanes; c += T.Lanes, from += pitch) epilogue.Finish<T, TNumber>(pointers, offset + x * step + c, c, T.Load(from));
            }
            staged += c / T.Lanes * pitch;
        }
        for (; c <= channels - T.Lanes; c += T.Lanes, staged += pitch)
        {
            var moments = new RegisterMoments<T>(pointers.Expected + c);
            for (var x = 0; x < columns; x++) moments.Add(epilogue.Finish<T, TNumber>(pointers, offset + x * step + c, c, T.Load(staged + (long)x * T.Lanes)));
            moments.AddTo(sums + c, channels);
        }
        for (var lane = 0; c + lane < channels; lane++)
        {
            for (var x = 0; x < columns; x++)
            {
                var result = epilogue.Finish<TNumber>(pointers, offset + x * step + c + lane, c + lane, staged[(long)x * T.Lanes + lane]);
                if (!epilogue.Moments) continue;
                var difference = result - pointers.Expected[c + lane];
                sums[c + lane] += difference;
                sums[channels + c + lane] += difference * difference;
            }
        }
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
