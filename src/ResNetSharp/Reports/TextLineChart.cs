using System.Text;

namespace ResNetSharp.Reports;

/// <summary>Draws lines over steps in a terminal, with Braille characters: two by four dots each.</summary>
public static class TextLineChart
{
    /// <summary>Draws a chart.</summary>
    /// <param name="lines">The lines; they share the dots, so two are told apart by their course alone.</param>
    /// <param name="width">Characters of the drawing, without the axis.</param>
    /// <param name="height">Lines of the drawing.</param>
    /// <returns>The chart, without a line end after the last line.</returns>
    public static string Draw(IReadOnlyList<LineSeries> lines, int width = 60, int height = 8)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var scale = ChartScale.Around(lines.SelectMany(line => line.Values));
        var dots = new bool[height * 4, width * 2];
        var steps = Math.Max(2, lines.Max(line => line.Values.Count));
        foreach (var line in lines) Trace(dots, line.Values, steps, scale);
        var labels = Enumerable.Range(0, height).Select(row => row == 0 ? scale.Label(scale.High) : row == height - 1 ? scale.Label(scale.Low) : "").ToList();
        var margin = labels.Max(label => label.Length);
        var text = new StringBuilder();
        for (var row = 0; row < height; row++)
        {
            text.Append(labels[row].PadLeft(margin)).Append(" ┤");
            for (var column = 0; column < width; column++) text.Append(Braille(dots, row, column));
            text.AppendLine();
        }
        return text.Append(' ', margin).Append(" └").Append('─', width).ToString();
    }

    static void Trace(bool[,] dots, IReadOnlyList<double> values, int steps, ChartScale scale)
    {
        var (rows, columns) = (dots.GetLength(0), dots.GetLength(1));
        (int X, int Y)? before = null;
        for (var i = 0; i < values.Count; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                before = null;
                continue;
            }
            var here = (X: i * (columns - 1) / (steps - 1), Y: (int)Math.Round((1 - scale.Place(values[i])) * (rows - 1)));
            Connect(dots, before ?? here, here);
            before = here;
        }
    }

    static void Connect(bool[,] dots, (int X, int Y) from, (int X, int Y) to)
    {
        var length = Math.Max(1, Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)));
        for (var i = 0; i <= length; i++)
            dots[from.Y + (int)Math.Round((double)(to.Y - from.Y) * i / length), from.X + (int)Math.Round((double)(to.X - from.X) * i / length)] = true;
    }

    // Unicode numbers the dots of a Braille character 1 2 3 7 down the left and 4 5 6 8 down the right column.
    static char Braille(bool[,] dots, int row, int column)
    {
        ReadOnlySpan<int> left = [0x01, 0x02, 0x04, 0x40], right = [0x08, 0x10, 0x20, 0x80];
        var pattern = 0;
        for (var i = 0; i < 4; i++)
        {
            if (dots[4 * row + i, 2 * column]) pattern |= left[i];
            if (dots[4 * row + i, 2 * column + 1]) pattern |= right[i];
        }
        return pattern == 0 ? ' ' : (char)(0x2800 + pattern);
    }
}
