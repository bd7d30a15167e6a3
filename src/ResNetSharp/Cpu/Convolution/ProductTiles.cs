namespace ResNetSharp.Cpu;

/// <summary>How the channels of a weight gradient are cut into tiles of input channels and panels of output channels, and their kernels.</summary>
internal sealed class ProductTiles
{
    readonly int[] starts;
    readonly ProductKernel[,] kernels;

    /// <param name="geometry">The shape of the convolution.</param>
    /// <param name="set">The kind of kernels.</param>
    /// <param name="isPacked">Whether the kernels read packed pixels.</param>
    /// <param name="spacing">How far apart the pairs of pixels are that kernels read, which may follow from the cut; null where they are told by a list.</param>
    public ProductTiles(ConvolutionGeometry geometry, InstructionSet set, bool isPacked, Func<ProductTiles, PairSpacing>? spacing)
    {
        var lanes = TileKernel.Lanes(set);
        var vectors = TileKernel.PanelVectors(set, geometry.GroupOutChannels);
        PanelWidth = vectors * lanes;
        Panels = (geometry.GroupOutChannels + PanelWidth - 1) / PanelWidth;
        starts = Cut(geometry.GroupInChannels, ProductKernel.MaxTileRows(set, vectors));
        Slot = (MaxRows + lanes - 1) / lanes * lanes;
        var distances = spacing?.Invoke(this);
        kernels = new ProductKernel[2, 2];
        for (var size = 0; size < 2; size++)
        {
            var tile = size == 0 ? 0 : Tiles - 1;
            for (var last = 0; last < 2; last++)
            {
                var channels = last == 0 ? Math.Min(PanelWidth, geometry.GroupOutChannels) : geometry.GroupOutChannels - (Panels - 1) * PanelWidth;
                var used = set == InstructionSet.Portable ? vectors : (channels + lanes - 1) / lanes;
                var shape = new ProductShape(set, starts[tile + 1] - starts[tile], used, Math.Min(channels - (used - 1) * lanes, lanes), isPacked, distances);
                kernels[size, last] = ProductKernel.Create(shape);
            }
        }
    }

    /// <summary>Tiles of a group's input channels.</summary>
    public int Tiles => starts.Length - 1;

    /// <summary>Input channels of the largest tile.</summary>
    public int MaxRows => starts[1];

    /// <summary>Panels of a group's output channels.</summary>
    public int Panels { get; }

    /// <summary>Channels of a full panel.</summary>
    public int PanelWidth { get; }

    /// <summary>Numbers that a packed pixel of a tile takes: the tile's channels, rounded up to full registers.</summary>
    public int Slot { get; }

    /// <summary>How far apart pixels lie that are packed in slots and panels.</summary>
    public PairSpacing Packed => new(Slot, PanelWidth);

    /// <summary>How far apart they lie without gaps between tiles of the largest size.</summary>
    public PairSpacing Dense => new(MaxRows, PanelWidth);

    /// <summary>The first channels of some tiles.</summary>
    public ReadOnlySpan<int> Starts(int first, int last) => starts.AsSpan(first, last - first);

    /// <summary>The first channel of a tile.</summary>
    public int Start(int tile) => starts[tile];

    /// <summary>The kernel of a tile and a panel.</summary>
    public ProductKernel Kernel(int tile, int panel) =>
        kernels[starts[tile + 1] - starts[tile] == starts[1] ? 0 : 1, panel == Panels - 1 ? 1 : 0];

    /// <summary>The starts of tiles of at most two sizes, the larger ones first, and the end.</summary>
    static int[] Cut(int channels, int largest)
    {
        var parts = (channels + largest - 1) / largest;
        var (size, larger) = Math.DivRem(channels, parts);
        return [.. Enumerable.Range(0, parts + 1).Select(i => i * size + Math.Min(i, larger))];
    }
}
