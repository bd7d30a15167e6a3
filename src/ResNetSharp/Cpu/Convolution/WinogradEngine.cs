using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>
/// 3x3 convolutions of stride 1 with Winograd's F(4x4, 3x3) or F(2x2, 3x3): patches of a chunk of tiles are transformed, multiplied with
/// the transformed weights by 36 or 16 matrix products, and the sums transformed to results. A chunk's numbers stay in the second-level cache where the weights
/// are small, and otherwise are as many as the weights, so that both are read about equally often.
/// </summary>
internal sealed unsafe class WinogradEngine : ConvolutionEngine
{
    const long CachedBytes = 700 << 10;
    const int TileGroup = 7;

    /// <summary>Up to so many tiles, weights are fetched ahead, for they are read faster than they come.</summary>
    const int FewTiles = 112;

    readonly InstructionSet set;
    readonly WinogradArithmetic arithmetic;
    readonly int lanes;
    readonly int points;
    readonly WeightPanels panels;
    readonly int channels;
    readonly int results;
    readonly int tileCount;
    readonly int chunkTiles;
    readonly int chunks;
    readonly long panelLength;
    readonly Products fullProducts;
    readonly Products lastProducts;
    readonly PackBody packBody;
    readonly ChunkBody chunkBody;
    readonly StageBody stageBody;
    ConvolutionPointers pointers;

    /// <param name="set">The kind of kernels.</param>
    /// <param name="arithmetic">The transforms.</param>
    /// <param name="panels">The weights; their channels are words.</param>
    public WinogradEngine(InstructionSet set, WinogradArithmetic arithmetic, WeightPanels panels)
    {
        (this.set, this.arithmetic, this.panels) = (set, arithmetic, panels);
        lanes = TileKernel.Lanes(set);
        points = (arithmetic.Side + 2) * (arithmetic.Side + 2);
        (channels, results) = (panels.Channels, panels.Results);
        tileCount = arithmetic.Tiles;
        panelLength = (long)channels * panels.Vectors * lanes;
        var tileBytes = points * (long)(channels + results) * sizeof(float);
        var wanted = (int)Math.Max(14, Math.Max(CachedBytes, PackedBytes) / tileBytes);
        chunks = Math.Max(1, (tileCount + wanted - 1) / wanted);
        chunkTiles = (tileCount + chunks - 1) / chunks;
        chunks = chunkTiles == 0 ? 0 : (tileCount + chunkTiles - 1) / chunkTiles;
        fullProducts = new Products(this, chunkTiles);
        lastProducts = new Products(this, tileCount - (chunks - 1) * chunkTiles);
        packBody = new PackBody(this);
        chunkBody = new ChunkBody(this);
        stageBody = new StageBody(this);
    }

    public override int MomentBlocks => arithmetic.Moments ? chunks * ChunkGroups : 0;

    public override long PackedBytes => points * PointPitch * sizeof(float);

    /// <summary>The side of the tiles that are expected to be fastest: 4, 2, or 0 for the direct way.</summary>
    /// <param name="set">The kind of kernels.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="grids">What is computed.</param>
    /// <param name="panels">The weights.</param>
    /// <param name="constantWeights">Whether they are transformed once for many runs.</param>
    /// <param name="winograd">Whether it may be used.</param>
    /// <param name="directSpeed">How many numbers the direct way multiplies in the time of one in single precision.</param>
    public static int BestSide(
        InstructionSet set, ConvolutionGeometry g, TileGrid[] grids, WeightPanels panels, bool constantWeights, Winograd winograd, int directSpeed = 1)
    {
        var lanes = TileKernel.Lanes(set);
        if (!Applies(set, g, winograd)) return 0;
        if (winograd == Winograd.Always) return WinogradTransforms.Tile;
        if (winograd == Winograd.AlwaysSmall) return SmallWinogradTransforms.Tile;
        var costs = WinogradCosts.Of(set);
        var direct = DirectCycles(g.Batch, grids[0], panels, lanes, costs, directSpeed);
        var large = Cycles(WinogradTransforms.Tile, g.Batch, grids[0], panels, constantWeights, lanes, costs);
        var small = Cycles(SmallWinogradTransforms.Tile, g.Batch, grids[0], panels, constantWeights, lanes, costs);
        if (large <= small) return large < costs.WorthIt * direct ? WinogradTransforms.Tile : 0;
        return small < costs.WorthItSmall * direct ? SmallWinogradTransforms.Tile : 0;
    }

    /// <summary>The direct way's time, as <see cref="Cycles"/> has that of this one.</summary>
    public static double DirectCycles(int batch, TileGrid grid, WeightPanels panels, int lanes, WinogradCosts costs, int speed) =>
        (double)batch * grid.Points * 9 * panels.Channels * panels.Results / (lanes * costs.RegistersPerCycle * speed);

    /// <summary>Whether the algorithm applies to kernel and stride, and registers divide the channels.</summary>
    public static bool Applies(InstructionSet set, ConvolutionGeometry g, Winograd winograd)
    {
        var lanes = TileKernel.Lanes(set);
        return winograd != Winograd.Off && set != InstructionSet.Portable && g.Batch > 0
            && HasRegisters(set) && g is { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, Groups: 1 }
            && g.InChannels % lanes == 0 && g.OutChannels % lanes == 0;
    }

    /// <summary>Whether code that is compiled here has registers as wide as the kernels'.</summary>
    public static bool HasRegisters(InstructionSet set) =>
        TileKernel.Lanes(set) == Register512.Lanes ? Vector512.IsHardwareAccelerated : Vector256.IsHardwareAccelerated;

    /// <summary>
    /// An estimate in processor cycles: multiplications at the speed that the kernels reach, transforms, and the weights, which grow two-
    /// or fourfold and come from memory or the shared cache.
    /// </summary>
    /// <param name="side">The side of the tiles.</param>
    /// <param name="batch">Images.</param>
    /// <param name="grid">What is computed.</param>
    /// <param name="panels">The weights.</param>
    /// <param name="constantWeights">Whether they are transformed once for many runs.</param>
    /// <param name="lanes">Lanes of a register.</param>
    /// <param name="costs">What decides.</param>
    /// <param name="together">How many transformed numbers are multiplied in the time, and have the room, of one in single precision.</param>
    public static double Cycles(
        int side, int batch, TileGrid grid, WeightPanels panels, bool constantWeights, int lanes, WinogradCosts costs, int together = 1)
    {
        const double CyclesPerByte = 0.25;
        const long SmallWeights = 1 << 20;
        var cyclesPerVectorTile = side == WinogradTransforms.Tile ? costs.LargeTile : costs.SmallTile;
        var points = (side + 2) * (side + 2);
        double pairs = (double)panels.Channels * panels.Results;
        var tiles = (double)batch * ((grid.Rows + side - 1) / side) * ((grid.Columns + side - 1) / side);
        var weightBytes = points * pairs * sizeof(float) / together;
        var traffic = weightBytes > SmallWeights || !constantWeights ? weightBytes * (constantWeights ? 1 : 3) * CyclesPerByte : 0;
        return tiles * (points * pairs / (lanes * costs.RegistersPerCycle * together) + (panels.Channels + panels.Results) / (double)lanes * cyclesPerVectorTile) + traffic;
    }

    // One cache line more than the numbers of a point, so that the points of a tile do not fall into one set of the cache.
    long VLength => points * ((long)chunkTiles * channels + NativeBuffer.LineNumbers);

    long MLength => points * ((long)chunkTiles * results + NativeBuffer.LineNumbers);

    long PointPitch => panels.Panels * panelLength + NativeBuffer.LineNumbers;

    public override long WorkBytes(int workers) => workers * (VLength + MLength) * sizeof(float);

    public override void Pack(Workers workers, float* weights, float* packed)
    {
        pointers.Weights = weights;
        pointers.Packed = packed;
        workers.Run(packBody, panels.Panels);
    }

    public override void RunPacked(Workers workers, ConvolutionPointers pointers)
    {
        const int PartsPerWorker = 3;
        this.pointers = pointers;
        if (workers.Count == 1 || chunks >= workers.Count * PartsPerWorker)
        {
            workers.Run(chunkBody, chunks);
            return;
        }
        for (var chunk = 0; chunk < chunks; chunk++) stageBody.Run(workers, chunk);
    }

    float* Patches(int worker) => (float*)pointers.Work + worker * (VLength + MLength);

    float* Sums(int worker) => Patches(worker) + VLength;

    int ChunkGroups => (chunkTiles + TileGroup - 1) / TileGroup;

    int TilesOf(int chunk) => Math.Min(chunkTiles, tileCount - chunk * chunkTiles);

    void TransformInput(int chunk, int first, int end, float* to) =>
        arithmetic.Input(pointers, chunk * chunkTiles + first, end - first, to + (long)first * channels, VLength / points);

    /// <summary>Groups of tiles are transformed by themselves, so that sums of their results are the same whatever the threads.</summary>
    void TransformOutput(int chunk, int first, int end, float* from)
    {
        var moved = pointers;
        for (; first < end; first += TileGroup)
        {
            moved.Moments = pointers.Moments + 2L * (chunk * ChunkGroups + first / TileGroup) * results;
            arithmetic.Output(moved, chunk * chunkTiles + first, Math.Min(TileGroup, end - first), from + (long)first * results, MLength / points);
        }
    }

    void Multiply(int chunk, int point, int panel, float* patches, float* sums)
    {
        var products = chunk == chunks - 1 ? lastProducts : fullProducts;
        products.Run(
            panel, patches + point * (VLength / points), pointers.Packed + point * PointPitch + panel * panelLength,
            sums + point * (MLength / points) + panels.First(panel));
    }

    /// <summary>The matrix products of a number of tiles.</summary>
    sealed class Products
    {
        readonly WinogradEngine engine;
        readonly NativeBuffer offsets;
        readonly int count;
        readonly (int Rows, int Tiles, TileKernel Full, TileKernel Last)[] runs;

        public Products(WinogradEngine engine, int count)
        {
            this.engine = engine;
            this.count = count;
            offsets = new NativeBuffer(2L * Math.Max(count, 0) * sizeof(int));
            var table = (int*)offsets.Pointer;
            for (var i = 0; i < count; i++)
            {
                table[i] = i * engine.channels * sizeof(float);
                table[count + i] = i * engine.results * sizeof(float);
            }
            var (rows, larger) = Math.DivRem(Math.Max(count, 0), RowTiles);
            runs = [.. new[] { (rows + 1, larger), (rows, RowTiles - larger) }.Where(r => r is { Item1: > 0, Item2: > 0 }).Select(r => Make(r.Item1, r.Item2))];
        }

        /// <summary>Fewer where pixels that lie a multiple of 4 KiB apart would share a set of the cache.</summary>
        int MaxRows => Math.Min(
            TileKernel.MaxTileRows(engine.set, engine.panels.Vectors), engine.channels % 1024 == 0 ? 10 : FetchesAhead ? 13 : 14);

        int LinesPerTurn => TileKernel.Unroll * engine.panels.Vectors * engine.lanes * sizeof(float) / NativeBuffer.Alignment;

        int RowTiles => Math.Max(1, (count + MaxRows - 1) / MaxRows);

        bool FetchesAhead => count <= FewTiles && engine.PackedBytes > CachedBytes;

        (int Rows, int Tiles, TileKernel Full, TileKernel Last) Make(int rows, int tiles) =>
            (rows, tiles, TileKernel.Create(Shape(rows, 0)), TileKernel.Create(Shape(rows, engine.panels.Panels - 1)));

        TileShape Shape(int rows, int panel) =>
            new(engine.set, rows, engine.panels.PanelVectors(panel), engine.panels.TailLanes(panel), engine.channels, false, false, false, false)
            {
                Numbers = engine.arithmetic.Numbers,
                AheadLines = FetchesAhead ? (LinesPerTurn + RowTiles - 1) / RowTiles : 0,
            };

        public void Run(int panel, float* patches, float* weights, float* sums)
        {
            TileArguments arguments;
            arguments.Source = (byte*)patches;
            arguments.Zeros = null;
            arguments.Weights = weights;
            arguments.Destination = (byte*)sums;
            arguments.Bias = null;
            arguments.Residual = null;
            arguments.Taps = 1;
            arguments.Channels = engine.channels;
            arguments.MainBytes = (long)(engine.channels - engine.channels % TileKernel.Unroll) * engine.panels.PanelVectors(panel) * engine.lanes * sizeof(float);
            arguments.SourceOffsets = (int*)offsets.Pointer;
            arguments.DestinationOffsets = (int*)offsets.Pointer + count;
            var next = (byte*)(weights + engine.panelLength);
            var done = 0;
            foreach (var (rows, tiles, full, last) in runs)
            {
                arguments.Ahead = next + engine.panelLength * sizeof(float) * done / count;
                done += rows * tiles;
                arguments.Tiles = tiles;
                (panel == engine.panels.Panels - 1 ? last : full).Run(&arguments);
                arguments.SourceOffsets += rows * tiles;
                arguments.DestinationOffsets += rows * tiles;
            }
        }
    }

    sealed class PackBody(WinogradEngine engine) : IParallelBody
    {
        public void Execute(int part, int worker) => engine.arithmetic.Weights(engine.pointers.Weights, part, engine.pointers.Packed + part * engine.panelLength, engine.PointPitch);
    }

    /// <summary>A part is a chunk, from patches to results.</summary>
    sealed class ChunkBody(WinogradEngine engine) : IParallelBody
    {
        public void Execute(int part, int worker)
        {
            var (patches, sums) = ((nint)engine.Patches(worker), (nint)engine.Sums(worker));
            engine.TransformInput(part, 0, engine.TilesOf(part), (float*)patches);
            for (var point = 0; point < engine.points; point++)
            {
                for (var panel = 0; panel < engine.panels.Panels; panel++) engine.Multiply(part, point, panel, (float*)patches, (float*)sums);
            }
            engine.TransformOutput(part, 0, engine.TilesOf(part), (float*)sums);
        }
    }

    /// <summary>Where there are fewer chunks than workers, all work on the same one, stage by stage.</summary>
    sealed class StageBody(WinogradEngine engine) : IParallelBody
    {
        /// <summary>From so many on, all panels of a point are one part, read one after the other.</summary>
        const int PointsPerWorker = 4;

        int chunk;
        int stage;
        int panelsPerPart;

        public void Run(Workers workers, int chunk)
        {
            this.chunk = chunk;
            var groups = (engine.TilesOf(chunk) + TileGroup - 1) / TileGroup;
            var panels = engine.panels.Panels;
            panelsPerPart = engine.points >= workers.Count * PointsPerWorker ? panels : 1;
            for (stage = 0; stage < 3; stage++) workers.Run(this, stage == 1 ? engine.points * panels / panelsPerPart : groups);
        }

        public void Execute(int part, int worker)
        {
            var first = part * TileGroup;
            var end = Math.Min(first + TileGroup, engine.TilesOf(chunk));
            if (stage == 0) engine.TransformInput(chunk, first, end, engine.Patches(0));
            else if (stage == 1)
            {
                for (var i = part * panelsPerPart; i < (part + 1) * panelsPerPart; i++)
                    engine.Multiply(chunk, i / engine.panels.Panels, i % engine.panels.Panels, engine.Patches(0), engine.Sums(0));
            }
            else engine.TransformOutput(chunk, first, end, engine.Sums(0));
        }
    }
}
