namespace ResNetSharp.Cpu;

/// <summary>The transforms of a <see cref="WinogradEngine"/> for one kind of numbers; all fill or read one matrix a point.</summary>
internal abstract unsafe class WinogradArithmetic
{
    /// <summary>Rows of a tile of results; patches have two more.</summary>
    public abstract int Side { get; }

    /// <summary>Tiles of all images.</summary>
    public abstract int Tiles { get; }

    /// <summary>What is multiplied.</summary>
    public abstract TileNumbers Numbers { get; }

    /// <summary>Whether <see cref="Output"/> adds the results up; see <see cref="ResultMoments"/>.</summary>
    public virtual bool Moments => false;

    /// <summary>Transforms and packs a panel of weights.</summary>
    /// <param name="weights">All weights.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="to">For each point, word of the source and result a word.</param>
    /// <param name="pitch">Words from point to point.</param>
    public abstract void Weights(float* weights, int panel, float* to, long pitch);

    /// <summary>Transforms patches of the source.</summary>
    /// <param name="pointers">Where everything is.</param>
    /// <param name="first">The first tile, counted through the batch.</param>
    /// <param name="count">How many.</param>
    /// <param name="to">For each point, tile and word of the source a word.</param>
    /// <param name="pitch">Words from point to point.</param>
    public abstract void Input(in ConvolutionPointers pointers, int first, int count, float* to, long pitch);

    /// <summary>Transforms sums to results, and writes those.</summary>
    /// <param name="pointers">Where everything is.</param>
    /// <param name="first">The first tile, counted through the batch.</param>
    /// <param name="count">How many.</param>
    /// <param name="from">For each point, tile and result a sum.</param>
    /// <param name="pitch">Words from point to point.</param>
    public abstract void Output(in ConvolutionPointers pointers, int first, int count, float* from, long pitch);
}
