using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>F(4x4, 3x3) and F(2x2, 3x3) in single precision, for either width of registers.</summary>
/// <typeparam name="TNumber">What the images consist of, and what weights are rounded to: float, or bfloat16 as <see cref="ushort"/>.</typeparam>
internal sealed unsafe class FloatWinograd<TNumber> : WinogradArithmetic where TNumber : unmanaged
{
    readonly int lanes;
    readonly WeightPanels panels;
    readonly TileEpilogue epilogue;
    readonly WinogradTiling tiles;

    public FloatWinograd(
        InstructionSet set, int side, int batch, TileGrid grid, WeightPanels panels, ImageLayout source, ImageLayout destination, TileEpilogue epilogue)
    {
        Side = side;
        lanes = TileKernel.Lanes(set);
        (this.panels, this.epilogue) = (panels, epilogue);
        Taps = [.. grid.Taps.OrderBy(t => t.Row).ThenBy(t => t.Column)];
        var (down, across) = ((destination.Height + side - 1) / side, (destination.Width + side - 1) / side);
        Patches = new WinogradTiling(source, panels.Channels, down, across, Taps[0].Row, Taps[0].Column, side + 2, side);
        tiles = new WinogradTiling(destination, panels.Results, down, across, 0, 0, side, side);
        Tiles = batch * down * across;
    }

    /// <summary>The taps of the kernel in the order of their places.</summary>
    public Tap[] Taps { get; }

    /// <summary>The patches of the source.</summary>
    public WinogradTiling Patches { get; }

    public override int Side { get; }

    public override int Tiles { get; }

    public override TileNumbers Numbers => TileNumbers.Single;

    public override bool Moments => epilogue.Moments;

    public override void Weights(float* weights, int panel, float* to, long pitch)
    {
        if (lanes == Register512.Lanes) Weights<Register512>(weights, panel, to, pitch);
        else Weights<Register256>(weights, panel, to, pitch);
    }

    public override void Input(in ConvolutionPointers pointers, int first, int count, float* to, long pitch)
    {
        if (lanes == Register512.Lanes) Patches.TransformInput<Register512, TNumber, float>((TNumber*)pointers.Source, first, count, to, pitch);
        else Patches.TransformInput<Register256, TNumber, float>((TNumber*)pointers.Source, first, count, to, pitch);
    }

    public override void Output(in ConvolutionPointers pointers, int first, int count, float* from, long pitch)
    {
        if (lanes == Register512.Lanes) Output<Register512>(pointers, first, count, from, pitch);
        else Output<Register256>(pointers, first, count, from, pitch);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Weights<T>(float* weights, int panel, float* to, long pitch) where T : unmanaged, IRegister<T>
    {
        var width = panels.PanelVectors(panel) * T.Lanes;
        var first = panels.First(panel);
        var kernel = stackalloc TNumber*[9];
        var rounded = stackalloc TNumber[9 * T.Lanes];
        var squaresRoom = stackalloc float[2 * 9 * T.Lanes * T.Lanes + NativeBuffer.LineNumbers];
        var squares = NativeBuffer.LineStart(squaresRoom);
        // All registers of a row one after the other, for a cache line may be two.
        for (var c = 0; c < panels.Channels; c++)
        {
            for (var lane = 0; lane < width; lane += T.Lanes)
            {
                for (var i = 0; i < 9; i++)
                {
                    var register = panels.RegisterOfWeights(weights, Taps[i].Kernel, c, first + lane, squares + (i * width + lane) * T.Lanes);
                    kernel[i] = typeof(TNumber) == typeof(float) ? (TNumber*)register : rounded + i * T.Lanes;
                    if (typeof(TNumber) != typeof(float)) T.Load(register).Store(kernel[i]);
                }
                if (Side == SmallWinogradTransforms.Tile) SmallWinogradTransforms.Weights<T, TNumber>(kernel, to + (long)c * width + lane, pitch);
                else WinogradTransforms.Weights<T, TNumber>(kernel, to + (long)c * width + lane, pitch);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Output<T>(in ConvolutionPointers pointers, int first, int count, float* from, long pitch) where T : unmanaged, IRegister<T>
    {
        var valuesRoom = stackalloc float[WinogradTransforms.Tile * WinogradTransforms.Tile * T.Lanes + NativeBuffer.LineNumbers];
        var values = NativeBuffer.LineStart(valuesRoom);
        var (rowPitch, pixelPitch) = (tiles.Image.RowPitch, tiles.Image.PixelPitch);
        if (Moments) new Span<float>(pointers.Moments, 2 * panels.Results).Clear();
        for (var tile = first; tile < first + count; tile++, from += panels.Results)
        {
            var (offset, rows, columns) = tiles.Place(tile);
            for (var channel = 0; channel < panels.Results; channel += T.Lanes)
            {
                if (Side == SmallWinogradTransforms.Tile) SmallWinogradTransforms.Output<T>(from + channel, pitch, values);
                else WinogradTransforms.Output<T>(from + channel, pitch, values);
                var moments = new RegisterMoments<T>(Moments ? pointers.Expected + channel : null);
                for (var y = 0; y < rows; y++)
                {
                    for (var x = 0; x < columns; x++)
                        moments.Add(epilogue.Finish<T, TNumber>(pointers, offset + y * rowPitch + x * pixelPitch + channel, channel, T.Load(values + (y * Side + x) * T.Lanes)));
                }
                moments.AddTo(pointers.Moments + channel, panels.Results);
            }
        }
    }
}
