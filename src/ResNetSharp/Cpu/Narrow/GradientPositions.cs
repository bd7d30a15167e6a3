namespace ResNetSharp.Cpu;

/// <summary>
/// How the pixels of a convolution's source and of its result's gradient are lined up to sum their products: both get the same pitch, with
/// gaps between rows and between images that are as wide as a tap reaches, so that a tap is a constant distance. A strided convolution sees
/// every second (third ...) row and column of the source; these form an image of their own, a phase, that meets its own taps.
/// </summary>
internal sealed class GradientPositions
{
    readonly ConvolutionGeometry geometry;

    /// <summary>Lines up.</summary>
    /// <param name="geometry">The shape of the forward convolution.</param>
    public GradientPositions(ConvolutionGeometry geometry)
    {
        this.geometry = geometry;
        // Few channels would leave rows empty: then a kernel row is one run of numbers, and overlapping ones are the pixels.
        JoinsColumns = geometry is { Groups: 1, InChannels: < PixelSumsKernel.Side, KernelWidth: > 1, DilationWidth: 1 };
        var rows = Shifts(geometry.KernelHeight, geometry.DilationHeight, geometry.PadTop, geometry.StrideHeight);
        var columns = JoinsColumns ? [(0, 0, 0)] : Shifts(geometry.KernelWidth, geometry.DilationWidth, geometry.PadLeft, geometry.StrideWidth);
        RowReach = Reach.Of(rows.Select(r => r.Shift));
        ColumnReach = Reach.Of(columns.Select(c => c.Shift));
        var taps = (from r in rows from c in columns select (Phase: (Row: r.Phase, Column: c.Phase), Tap: new GradientTap(r.Kernel, c.Kernel, r.Shift, c.Shift))).ToArray();
        Phases = [.. taps.GroupBy(t => t.Phase).Select(phase => MakePhase(phase.Key.Row, phase.Key.Column, [.. phase.Select(t => t.Tap)]))];
        Rows = Math.Max(1, Phases.Max(p => p.Rows));
        var width = Math.Max(1, Phases.Max(p => p.Columns));
        Pitch = Math.Max(geometry.OutWidth + ColumnReach.Ahead, width + ColumnReach.Behind);
        if (JoinsColumns)
        {
            // Windows lie in a row of the source, with its padding, from where the first begins to where the last ends.
            Pitch = Math.Max(Pitch, (int)(((geometry.OutWidth - 1L) * WindowStep + WindowChannels + WindowStep - 1) / WindowStep));
            // All distances are whole rows, and even ones need less rearranging.
            Pitch += Pitch % 2;
        }
        ImageRows = Math.Max(geometry.OutHeight + RowReach.Ahead, Rows + RowReach.Behind);
        Ahead = RowReach.Ahead * Pitch + ColumnReach.Ahead;
        Behind = RowReach.Behind * Pitch + ColumnReach.Behind;
    }

    /// <summary>Whether the pixels are windows of several columns.</summary>
    public bool JoinsColumns { get; }

    /// <summary>Numbers from one window to the next.</summary>
    public int WindowStep => geometry.StrideWidth * geometry.InChannels;

    /// <summary>Numbers of a window.</summary>
    public int WindowChannels => geometry.KernelWidth * geometry.InChannels;

    /// <summary>The phases and their taps.</summary>
    public GradientPhase[] Phases { get; }

    /// <summary>How far taps reach between rows.</summary>
    public Reach RowReach { get; }

    /// <summary>How far taps reach between columns.</summary>
    public Reach ColumnReach { get; }

    /// <summary>Rows of the largest phase.</summary>
    public int Rows { get; }

    /// <summary>Positions from one row to the next.</summary>
    public int Pitch { get; }

    /// <summary>Rows from one image to the next.</summary>
    public int ImageRows { get; }

    /// <summary>Positions of the result's gradient that are needed before the first of the source.</summary>
    public int Ahead { get; }

    /// <summary>Those that are needed after the last.</summary>
    public int Behind { get; }

    /// <summary>Positions of the result's gradient that are used for some steps.</summary>
    public int ResultPositions(int steps) => Ahead + steps * PixelSumsKernel.StepPixels + Behind;

    /// <summary>Whether neither has gaps, so that all rows of all images are one.</summary>
    public bool IsDense => Pitch == geometry.OutWidth && Pitch == geometry.InWidth && geometry.StrideHeight == 1 && ImageRows == geometry.InHeight && ImageRows == geometry.OutHeight;

    /// <summary>Cuts the batch into parts of about a number of positions, so that few are wasted where parts end.</summary>
    public List<GradientPart> Cut(int wantedPositions)
    {
        var parts = new List<GradientPart>();
        var imagePositions = ImageRows * Pitch;
        if (2 * imagePositions <= wantedPositions)
        {
            var count = BestCount(geometry.Batch, wantedPositions / imagePositions, imagePositions);
            for (var image = 0; image < geometry.Batch; image += count) Add(image, Math.Min(count, geometry.Batch - image), 0, Rows);
            return parts;
        }
        var rows = BestCount(Rows, wantedPositions / Pitch, Pitch);
        for (var image = 0; image < geometry.Batch; image++)
        {
            for (var row = 0; row < Rows; row += rows) Add(image, 1, row, Math.Min(rows, Rows - row));
        }
        return parts;

        void Add(int image, int images, int row, int count)
        {
            var positions = ((images - 1) * ImageRows + count) * Pitch;
            parts.Add(new GradientPart(image, images, row, count, Steps(positions)));
        }
    }

    static int Steps(int positions) => (positions + PixelSumsKernel.StepPixels - 1) / PixelSumsKernel.StepPixels;

    /// <summary>The number of units in a part that takes the fewest steps for all; a part costs about one and a half of them by itself.</summary>
    static int BestCount(int all, int most, int positions)
    {
        var (best, bestCost) = (1, double.PositiveInfinity);
        for (var n = Math.Clamp(most, 1, Math.Max(all, 1)); n > most / 3; n--)
        {
            var cost = all / n * (Steps(n * positions) + 1.5) + (all % n > 0 ? Steps(all % n * positions) + 1.5 : 0);
            if (cost < bestCost) (best, bestCost) = (n, cost);
        }
        return best;
    }

    static (int Kernel, int Phase, int Shift)[] Shifts(int kernel, int dilation, int padding, int stride) =>
        [.. Enumerable.Range(0, kernel).Select(k => (k, Modulus(k * dilation - padding, stride), (int)Math.Floor((double)(k * dilation - padding) / stride)))];

    static int Modulus(int value, int by) => (value % by + by) % by;

    /// <summary>A phase has the pixels that a tap can meet.</summary>
    GradientPhase MakePhase(int row, int column, GradientTap[] taps)
    {
        var rows = Math.Min(Count(geometry.InHeight, row, geometry.StrideHeight), geometry.OutHeight + taps.Max(t => t.RowShift));
        var columns = JoinsColumns ? geometry.OutWidth
            : Math.Min(Count(geometry.InWidth, column, geometry.StrideWidth), geometry.OutWidth + taps.Max(t => t.ColumnShift));
        return new GradientPhase(row, column, Math.Max(rows, 0), Math.Max(columns, 0), taps);
    }

    static int Count(int size, int first, int step) => Math.Max(0, (size - first + step - 1) / step);
}

/// <summary>How far the pixels of a source are from those of the result that they meet: some lie after them, some before.</summary>
internal readonly record struct Reach(int Ahead, int Behind)
{
    public static Reach Of(IEnumerable<int> shifts) => new(Math.Max(0, shifts.Max()), Math.Max(0, -shifts.Min()));
}

/// <summary>A kernel position, and how far below and right of the result's pixel its source pixel lies, within its phase.</summary>
internal readonly record struct GradientTap(int KernelRow, int KernelColumn, int RowShift, int ColumnShift);

/// <summary>A phase: its first row and column in the source, its extent and its taps.</summary>
internal sealed record GradientPhase(int FirstRow, int FirstColumn, int Rows, int Columns, GradientTap[] Taps);

/// <summary>Some rows of the phases of some images, and the steps that their positions take.</summary>
internal readonly record struct GradientPart(int FirstImage, int Images, int FirstRow, int Rows, int Steps);
