using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The weight gradient of a 3x3 convolution of stride 1, the transpose of F(4x4, 3x3): G' [(B' d B) * (A e A')] G, with d a patch of the
/// input and e a tile of the output's gradient, and the sum over tiles a matrix product for each of 36 points.
/// </summary>
internal sealed unsafe class WinogradWeightProducts : WeightGradientEngine, IParallelBody
{
    const int Points = WinogradTransforms.Points;
    const long CachedBytes = 1500 << 10;
    const int TileGroup = 8;
    const int LineNumbers = NativeBuffer.Alignment / sizeof(float);

    readonly ConvolutionGeometry geometry;
    readonly int lanes;
    readonly float* input;
    readonly float* outputGradient;
    readonly float* weightGradient;
    readonly WinogradTiling patches;
    readonly WinogradTiling gradients;
    readonly ProductTiles tiles;
    readonly NativeBuffer offsets;
    readonly int tileCount;
    readonly int chunkTiles;
    Stage stage;
    float* scratch;
    int firstTile;

    /// <summary>Fixes shape and addresses; see <see cref="ConvolutionWeightGradient"/>.</summary>
    public WinogradWeightProducts(ConvolutionGeometry geometry, InstructionSet set, float* input, float* outputGradient, float* weightGradient)
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
            WinogradTransforms.Tile);
        gradients = new WinogradTiling(
            ImageLayout.Dense(g.OutHeight, g.OutWidth, g.OutChannels), g.OutChannels, down, across, 0, 0, WinogradTransforms.Tile,
            WinogradTransforms.Tile);
        tiles = new ProductTiles(g, set);
        var wanted = Math.Max(CachedBytes, SumsLength * sizeof(float)) / (Points * (g.InChannels + g.OutChannels) * sizeof(float));
        var chunks = Math.Max(1, (int)((tileCount + wanted - 1) / wanted));
        chunkTiles = (tileCount + chunks - 1) / chunks;
        offsets = new NativeBuffer(2L * chunkTiles * sizeof(int));
        for (var i = 0; i < chunkTiles; i++)
        {
            ((int*)offsets.Pointer)[2 * i] = i * g.InChannels * sizeof(float);
            ((int*)offsets.Pointer)[2 * i + 1] = i * g.OutChannels * sizeof(float);
        }
    }

    enum Stage
    {
        Transform,
        Multiply,
        Finish,
    }

    public override long ScratchBytes(int workers) => (Points * (InputPitch + GradientPitch) + SumsLength) * sizeof(float);

    // One cache line more than the numbers of a point, so that the points of a tile do not fall into one set of the cache.
    long InputPitch => (long)chunkTiles * geometry.InChannels + LineNumbers;

    long GradientPitch => (long)chunkTiles * geometry.OutChannels + LineNumbers;

    long SumsLength => (long)Points * geometry.InChannels * geometry.OutChannels;

    float* Sums => scratch + Points * (InputPitch + GradientPitch);

    /// <summary>Whether the algorithm applies, and whether it is expected to be faster.</summary>
    public static bool Suits(InstructionSet set, ConvolutionGeometry g, Winograd winograd)
    {
        var lanes = TileKernel.Lanes(set);
        if (!WinogradEngine.Applies(set, g, winograd) || g.InChannels % lanes != 0 || g.OutChannels % lanes != 0) return false;
        if (winograd == Winograd.Always) return true;
        const double CyclesPerVectorTile = 200, CyclesPerByte = 0.25;
        var (direct, products) = (2 * lanes * 0.88, 2 * lanes * 0.7);
        var pairs = (double)g.InChannels * g.OutChannels;
        var tileCount = (double)g.Batch * Up(g.OutHeight) * Up(g.OutWidth);
        var sums = Points * pairs * sizeof(float) * 4;
        var fast = tileCount * (Points * pairs / products + (g.InChannels + g.OutChannels) / (double)lanes * CyclesPerVectorTile) + sums * CyclesPerByte;
        return fast < 0.9 * g.MultiplyAdds / direct;
    }

    public override void Run(Workers workers, byte* scratch)
    {
        this.scratch = (float*)scratch;
        for (firstTile = 0; firstTile < tileCount; firstTile += chunkTiles)
        {
            stage = Stage.Transform;
            workers.Run(this, (ChunkTiles + TileGroup - 1) / TileGroup);
            stage = Stage.Multiply;
            workers.Run(this, Points * tiles.Panels);
        }
        stage = Stage.Finish;
        workers.Run(this, geometry.InChannels);
    }

    int ChunkTiles => Math.Min(chunkTiles, tileCount - firstTile);

    void IParallelBody.Execute(int part, int worker)
    {
        if (lanes == Register512.Lanes) Execute<Register512>(part);
        else Execute<Register256>(part);
    }

    void Execute<T>(int part) where T : unmanaged, IRegister<T>
    {
        if (stage == Stage.Transform) Transform<T>(part * TileGroup, Math.Min(TileGroup, ChunkTiles - part * TileGroup));
        else if (stage == Stage.Multiply) Multiply(part / tiles.Panels, part % tiles.Panels);
        else Finish<T>(part);
    }

    void Transform<T>(int first, int count) where T : unmanaged, IRegister<T>
    {
        patches.TransformInput<T>(input, firstTile + first, count, scratch + (long)first * geometry.InChannels, InputPitch);
        gradients.TransformGradient<T>(
            outputGradient, firstTile + first, count, scratch + Points * InputPitch + (long)first * geometry.OutChannels, GradientPitch);
    }

    void Multiply(int point, int panel)
    {
        var patch = scratch + point * InputPitch;
        var sums = Sums + (long)point * geometry.InChannels * geometry.OutChannels + panel * tiles.PanelWidth;
        ProductArguments arguments;
        arguments.Gradient = (byte*)(scratch + Points * InputPitch + point * GradientPitch + panel * tiles.PanelWidth);
        arguments.Offsets = (int*)offsets.Pointer;
        arguments.Pixels = ChunkTiles;
        arguments.Images = 1;
        arguments.InputImageBytes = 0;
        arguments.GradientImageBytes = 0;
        arguments.SumsRowBytes = (long)geometry.OutChannels * sizeof(float);
        arguments.Accumulate = firstTile > 0 ? 1 : 0;
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
            WinogradTransforms.WeightGradient<T>(Sums + place, pitch, weightGradient + place);
        }
    }

    static int Up(int size) => (size + WinogradTransforms.Tile - 1) / WinogradTransforms.Tile;
}
