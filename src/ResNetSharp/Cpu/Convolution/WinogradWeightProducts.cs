using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The weight gradient of a 3x3 convolution of stride 1, the transpose of F(4x4, 3x3): G' [(B' d B) * (A e A')] G, with d a patch of the
/// input and e a tile of the output's gradient, and the sum over tiles a matrix product for each of 36 points. With few channels the batch is
/// cut into pieces with sums of their own, each of which one worker computes, so that what it transforms stays in its cache; otherwise all
/// work on the same tiles, stage by stage, for there is room for the sums only once.
/// </summary>
/// <typeparam name="TNumber">What the images consist of: float, or bfloat16 as <see cref="ushort"/>.</typeparam>
internal sealed unsafe class WinogradWeightProducts<TNumber> : WinogradWeightProducts, IParallelBody where TNumber : unmanaged
{
    const int Points = WinogradTransforms.Points;

    /// <summary>
    /// Transformed numbers that all workers make together, and that one makes for itself: more than the second-level cache holds, for the sums are read
    /// and written once for each of these chunks, and weigh more the shorter it is.
    /// </summary>
    const long SharedBytes = 12_000 << 10, OwnBytes = 4_000 << 10;

    /// <summary>Room for the sums of pieces, and how many of those there should be at least and at most.</summary>
    const long PieceSumsBytes = 5 << 20;

    const int LeastPieces = 8, MostPieces = 16;

    const int ManyChannels = 256;

    const int TileGroup = 8;
    const int LineNumbers = NativeBuffer.LineNumbers;

    readonly ConvolutionGeometry geometry;
    readonly int lanes;
    readonly TNumber* input;
    readonly TNumber* outputGradient;
    readonly float* weightGradient;
    readonly WinogradTiling patches;
    readonly WinogradTiling gradients;
    readonly ProductTiles tiles;
    readonly int tileCount;
    readonly int pieces;
    readonly int chunkTiles;
    Stage stage;
    float* scratch;
    float* allSums;
    int firstTile;

    /// <summary>Fixes shape and addresses; see <see cref="ConvolutionWeightGradient"/>.</summary>
    public WinogradWeightProducts(ConvolutionGeometry geometry, InstructionSet set, TNumber* input, TNumber* outputGradient, float* weightGradient)
    {
        this.geometry = geometry;
        lanes = TileKernel.Lanes(set);
        this.input = input;
        this.outputGradient = outputGradient;
        this.weightGradient = weightGradient;
        var g = geometry;
        var (down, across) = (Up(g.OutHeight), Up(g.OutWidth));
        tileCount = g.Batch * down * across;
        patches = new WinogradTiling(
            ImageLayout.Dense(g.InHeight, g.InWidth, g.InChannels), g.InChannels, down, across, -g.PadTop, -g.PadLeft, WinogradTransforms.Patch,
            WinogradTransforms.Tile)
        {
            TilePitch = InputTilePitch,
        };
        gradients = new WinogradTiling(
            ImageLayout.Dense(g.OutHeight, g.OutWidth, g.OutChannels), g.OutChannels, down, across, 0, 0, WinogradTransforms.Tile,
            WinogradTransforms.Tile)
        {
            TilePitch = GradientTilePitch,
        };
        tiles = new ProductTiles(g, set, isPacked: true, _ => new PairSpacing(InputTilePitch, GradientTilePitch));
        var tileBytes = Points * (g.InChannels + g.OutChannels) * sizeof(float);
        pieces = (int)Math.Min(PieceSumsBytes / (SumsLength * sizeof(float)), MostPieces);
        if (pieces < LeastPieces || tileCount < pieces) pieces = 1;
        var (all, wanted) = pieces > 1
            ? ((tileCount + pieces - 1) / pieces, OwnBytes / tileBytes)
            : (tileCount, Math.Max(SharedBytes, SumsLength * sizeof(float)) / tileBytes);
        var chunks = Math.Max(1, (int)((all + wanted - 1) / wanted));
        chunkTiles = (all + chunks - 1) / chunks;
    }

    enum Stage
    {
        Piece,
        Transform,
        Multiply,
        Finish,
    }

    public override long ScratchBytes(int workers) => (Transformers(workers) * TransformedLength + pieces * SumsLength) * sizeof(float);

    int InputTilePitch => TilePitch(geometry.InChannels);

    int GradientTilePitch => TilePitch(geometry.OutChannels);

    // One cache line more than the numbers of a point, so that the points of a tile do not fall into one set of the cache.
    long InputPitch => (long)chunkTiles * InputTilePitch + LineNumbers;

    long GradientPitch => (long)chunkTiles * GradientTilePitch + LineNumbers;

    /// <summary>
    /// Numbers from tile to tile. Of many channels an odd number of cache lines, so that the few that a kernel reads of each tile do not fall into
    /// four sets of the first-level cache or less; with fewer channels, the gaps cost more than they gain.
    /// </summary>
    static int TilePitch(int channels) => channels < ManyChannels ? channels : (int)NativeBuffer.OddLines(channels);

    long TransformedLength => Points * (InputPitch + GradientPitch);

    long SumsLength => (long)Points * geometry.InChannels * geometry.OutChannels;

    int Transformers(int workers) => pieces > 1 ? workers : 1;

    public override void Run(Workers workers, byte* scratch)
    {
        this.scratch = (float*)scratch;
        allSums = this.scratch + Transformers(workers.Count) * TransformedLength;
        if (pieces > 1)
        {
            stage = Stage.Piece;
            workers.Run(this, pieces);
        }
        else
        {
            for (firstTile = 0; firstTile < tileCount; firstTile += chunkTiles)
            {
                stage = Stage.Transform;
                workers.Run(this, (ChunkTiles + TileGroup - 1) / TileGroup);
                stage = Stage.Multiply;
                workers.Run(this, Points * tiles.Panels);
            }
        }
        stage = Stage.Finish;
        workers.Run(this, geometry.InChannels);
    }

    int ChunkTiles => Math.Min(chunkTiles, tileCount - firstTile);

    void IParallelBody.Execute(int part, int worker)
    {
        if (lanes == Register512.Lanes) Execute<Register512>(part, worker);
        else Execute<Register256>(part, worker);
    }

    void Execute<T>(int part, int worker) where T : unmanaged, IRegister<T>
    {
        if (stage == Stage.Piece) Piece<T>(part, scratch + worker * TransformedLength);
        else if (stage == Stage.Transform) Transform<T>(firstTile, part * TileGroup, Math.Min(TileGroup, ChunkTiles - part * TileGroup), scratch);
        else if (stage == Stage.Multiply) Multiply(part / tiles.Panels, part % tiles.Panels, ChunkTiles, firstTile > 0, scratch, allSums);
        else Finish<T>(part);
    }

    void Piece<T>(int piece, float* transformed) where T : unmanaged, IRegister<T>
    {
        var (first, last) = ((int)((long)tileCount * piece / pieces), (int)((long)tileCount * (piece + 1) / pieces));
        for (var tile = first; tile < last; tile += chunkTiles)
        {
            var count = Math.Min(chunkTiles, last - tile);
            Transform<T>(tile, 0, count, transformed);
            for (var part = 0; part < Points * tiles.Panels; part++)
                Multiply(part / tiles.Panels, part % tiles.Panels, count, tile > first, transformed, allSums + piece * SumsLength);
        }
    }

    /// <summary>Transforms some tiles of a chunk.</summary>
    void Transform<T>(int chunk, int first, int count, float* to) where T : unmanaged, IRegister<T>
    {
        patches.TransformInput<T, TNumber, float>(input, chunk + first, count, to + (long)first * InputTilePitch, InputPitch);
        gradients.TransformGradient<T, TNumber>(
            outputGradient, chunk + first, count, to + Points * InputPitch + (long)first * GradientTilePitch, GradientPitch);
    }

    void Multiply(int point, int panel, int count, bool accumulate, float* transformed, float* sums)
    {
        var patch = transformed + point * InputPitch;
        sums += (long)point * geometry.InChannels * geometry.OutChannels + panel * tiles.PanelWidth;
        ProductArguments arguments;
        arguments.Gradient = (byte*)(transformed + Points * InputPitch + point * GradientPitch + panel * tiles.PanelWidth);
        arguments.Pixels = count;
        arguments.Images = 1;
        arguments.InputImageBytes = 0;
        arguments.GradientImageBytes = 0;
        arguments.SumsRowBytes = (long)geometry.OutChannels * sizeof(float);
        arguments.Accumulate = accumulate ? 1 : 0;
        for (var tile = 0; tile < tiles.Tiles; tile++)
        {
            arguments.Input = (byte*)(patch + tiles.Start(tile));
            arguments.Sums = (byte*)(sums + (long)tiles.Start(tile) * geometry.OutChannels);
            arguments.Ahead = (byte*)sums;
            tiles.Kernel(tile, panel).Run(&arguments);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Finish<T>(int channel) where T : unmanaged, IRegister<T>
    {
        var pitch = (long)geometry.InChannels * geometry.OutChannels;
        for (var output = 0; output < geometry.OutChannels; output += T.Lanes)
        {
            var place = (long)channel * geometry.OutChannels + output;
            if (pieces > 1) JoinPieces<T>(allSums + place, pitch);
            WinogradTransforms.WeightGradient<T>(allSums + place, pitch, weightGradient + place);
        }
    }

    /// <summary>Adds the sums of all pieces, in order, for a register of each point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void JoinPieces<T>(float* sums, long pitch) where T : unmanaged, IRegister<T>
    {
        var pieceLength = SumsLength;
        for (var point = 0; point < Points; point++, sums += pitch)
        {
            var sum = T.Load(sums);
            for (var piece = 1; piece < pieces; piece++) sum += T.Load(sums + piece * pieceLength);
            sum.Store(sums);
        }
    }
}

/// <summary>What <see cref="WinogradWeightProducts{TNumber}"/> is for all numbers.</summary>
internal abstract class WinogradWeightProducts : WeightGradientEngine
{
    /// <summary>Whether the algorithm applies, and whether it is expected to be faster.</summary>
    /// <param name="set">The kind of kernels.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="winograd">Whether it may be used.</param>
    /// <param name="directSpeed">See <see cref="WinogradEngine.BestSide"/>.</param>
    public static bool Suits(InstructionSet set, ConvolutionGeometry g, Winograd winograd, double directSpeed = 1)
    {
        const double WorthIt = 0.9, CyclesPerByte = 0.25;
        var lanes = TileKernel.Lanes(set);
        if (!WinogradEngine.Applies(set, g, winograd)) return false;
        if (winograd == Winograd.Always) return true;
        var costs = WinogradCosts.Of(set);
        const int Points = WinogradTransforms.Points;
        var pairs = (double)g.InChannels * g.OutChannels;
        var tileCount = (double)g.Batch * Up(g.OutHeight) * Up(g.OutWidth);
        var sums = Points * pairs * sizeof(float) * 4;
        var fast = tileCount * (Points * pairs / (lanes * costs.GradientPointsPerCycle) + (g.InChannels + g.OutChannels) / (double)lanes * costs.GradientTile)
            + sums * CyclesPerByte;
        return fast < WorthIt * g.MultiplyAdds / (lanes * costs.GradientRegistersPerCycle * directSpeed);
    }

    /// <summary>Tiles that cover a side of an image.</summary>
    protected static int Up(int size) => (size + WinogradTransforms.Tile - 1) / WinogradTransforms.Tile;
}
