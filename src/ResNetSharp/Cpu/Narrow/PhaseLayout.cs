namespace ResNetSharp.Cpu;

/// <summary>
/// Source pixels arranged so that a grid's neighbours stay neighbours: a strided grid sees every second (third ...) row and column, so these
/// form an image of their own, a phase. Each phase has the same pitch, with a gap of fill between rows that serves as padding on both sides;
/// a whole grid, gaps included, is then one run of positions, and a tap is a constant distance.
/// </summary>
internal sealed class PhaseLayout
{
    readonly TileGrid grid;
    readonly ImageLayout image;

    public PhaseLayout(TileGrid grid, ImageLayout image)
    {
        (this.grid, this.image) = (grid, image);
        var shifts = grid.Taps.Select(tap => (
            Row: Floor(tap.Row, grid.SourceStepRow), Column: Floor(tap.Column, grid.SourceStepColumn),
            Phase: (Row: tap.Row - Floor(tap.Row, grid.SourceStepRow) * grid.SourceStepRow, Column: tap.Column - Floor(tap.Column, grid.SourceStepColumn) * grid.SourceStepColumn))).ToArray();
        Phases = [.. shifts.Select(s => s.Phase).Distinct()];
        FirstShift = shifts.Min(s => s.Row);
        MoreRows = shifts.Max(s => s.Row) - FirstShift;
        Pitch = grid.Columns;
        Widths = new int[Phases.Length];
        for (var p = 0; p < Phases.Length; p++)
        {
            var columns = shifts.Where(s => s.Phase == Phases[p]).Select(s => s.Column).ToArray();
            var end = grid.Columns + columns.Max();
            Widths[p] = Math.Clamp(Count(image.Width, Phases[p].Column, grid.SourceStepColumn), 0, Math.Max(end, 0));
            var left = Math.Max(0, -columns.Min());
            Gap = Math.Max(Gap, left);
            Pitch = Math.Max(Pitch, Widths[p] + Math.Max(left, end - Widths[p]));
        }
        ImageRows = grid.Rows;
        var top = Math.Max(0, -FirstShift);
        foreach (var phase in Phases)
        {
            var rows = shifts.Where(s => s.Phase == phase).Max(s => s.Row) + grid.Rows;
            var height = Math.Clamp(Count(image.Height, phase.Row, grid.SourceStepRow), 0, Math.Max(rows, 0));
            ImageRows = Math.Max(ImageRows, height + Math.Max(top, rows - height));
        }
        ImageRows = Math.Max(ImageRows, -FirstShift + 1);
        Shifts = [.. shifts.Select(s => (Array.IndexOf(Phases, s.Phase), (s.Row - FirstShift) * Pitch + Gap + s.Column))];
    }

    /// <summary>The first source row and column of each phase.</summary>
    public (int Row, int Column)[] Phases { get; }

    /// <summary>Source pixels in a row of each phase.</summary>
    public int[] Widths { get; }

    /// <summary>For each tap its phase and its distance in positions.</summary>
    public (int Phase, int Positions)[] Shifts { get; }

    /// <summary>Positions from one row to the next.</summary>
    public int Pitch { get; }

    /// <summary>Positions before the first pixel.</summary>
    public int Gap { get; }

    /// <summary>The phase row, relative to a grid row, of the first tap.</summary>
    public int FirstShift { get; }

    /// <summary>Phase rows that are needed beyond the number of grid rows.</summary>
    public int MoreRows { get; }

    /// <summary>Phase rows from one whole image to the next: the rows of fill above an image serve as those below the one before.</summary>
    public int ImageRows { get; }

    /// <summary>Positions of a phase that a tile may read for some grid rows.</summary>
    /// <param name="images">Images.</param>
    /// <param name="imageRows">Phase rows of each.</param>
    /// <param name="multiple">Positions are read in multiples of this.</param>
    public long Positions(int images, int imageRows, int multiple) => ((long)images * imageRows + MoreRows + 1) * Pitch + Gap + multiple;

    /// <summary>The source row of a phase row, or -1 where that is outside.</summary>
    public int SourceRow(int phase, int phaseRow)
    {
        var row = Phases[phase].Row + phaseRow * grid.SourceStepRow;
        return (uint)row < (uint)image.Height ? row : -1;
    }

    static int Count(int size, int first, int step) => Math.Max(0, (size - first + step - 1) / step);

    static int Floor(int value, int step) => (int)Math.Floor((double)value / step);
}
