using System.Globalization;
using System.Text;

namespace ResNetSharp.Reports;

/// <summary>Draws lines over steps, such as loss and accuracy over epochs, as SVG pictures that any browser shows.</summary>
public static class SvgLineChart
{
    const int Width = 640;
    const int Height = 320;
    const int Left = 64;
    const int Right = 16;
    const int Top = 40;
    const int Bottom = 40;

    static readonly string[] Colours = ["#1f6fb4", "#d1495b", "#2e8b57", "#e08e0b", "#6a4c93", "#4d4d4d"];

    /// <summary>Draws charts below each other in one picture.</summary>
    /// <param name="xLabel">What a step is, such as <c>epoch</c>.</param>
    /// <param name="charts">The title and the lines of each chart.</param>
    /// <returns>The text of an SVG file.</returns>
    public static string Draw(string xLabel, params IReadOnlyList<(string Title, IReadOnlyList<LineSeries> Lines)> charts)
    {
        ArgumentNullException.ThrowIfNull(charts);
        var svg = new StringBuilder();
        var height = Height * charts.Count;
        svg.AppendLine($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" font-family="sans-serif" font-size="12">""");
        svg.AppendLine($"""<rect width="{Width}" height="{height}" fill="#ffffff"/>""");
        for (var i = 0; i < charts.Count; i++)
        {
            svg.AppendLine($"""<g transform="translate(0 {i * Height})">""");
            DrawChart(svg, xLabel, charts[i].Title, charts[i].Lines);
            svg.AppendLine("</g>");
        }
        return svg.AppendLine("</svg>").ToString();
    }

    static void DrawChart(StringBuilder svg, string xLabel, string title, IReadOnlyList<LineSeries> lines)
    {
        var steps = Math.Max(2, lines.Max(line => line.Values.Count));
        var scale = ChartScale.Around(lines.SelectMany(line => line.Values));
        double X(double step) => Left + (step - 1) / (steps - 1) * (Width - Left - Right);
        double Y(double value) => Height - Bottom - scale.Place(value) * (Height - Top - Bottom);
        svg.AppendLine($"""<text x="{Left}" y="22" font-size="14" font-weight="bold">{Escape(title)}</text>""");
        foreach (var tick in scale.Ticks())
        {
            svg.AppendLine($"""<line x1="{Left}" x2="{Width - Right}" y1="{Number(Y(tick))}" y2="{Number(Y(tick))}" stroke="#dddddd"/>""");
            svg.AppendLine($"""<text x="{Left - 6}" y="{Number(Y(tick) + 4)}" text-anchor="end">{scale.Label(tick)}</text>""");
        }
        var every = (int)Math.Ceiling(steps / 12.0);
        for (var step = 1; step <= steps; step += every)
            svg.AppendLine($"""<text x="{Number(X(step))}" y="{Height - Bottom + 16}" text-anchor="middle">{step}</text>""");
        svg.AppendLine($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 6}" text-anchor="middle">{Escape(xLabel)}</text>""");
        for (var i = 0; i < lines.Count; i++)
        {
            var colour = Colours[i % Colours.Length];
            DrawLine(svg, lines[i], colour, X, Y);
            svg.AppendLine($"""<text x="{Width - Right - 150 * (lines.Count - i - 1)}" y="22" text-anchor="end" fill="{colour}">{Escape(lines[i].Name)}</text>""");
        }
    }

    static void DrawLine(StringBuilder svg, LineSeries line, string colour, Func<double, double> x, Func<double, double> y)
    {
        var path = new StringBuilder();
        var pen = 'M';
        for (var i = 0; i < line.Values.Count; i++)
        {
            if (!double.IsFinite(line.Values[i]))
            {
                pen = 'M';
                continue;
            }
            var (px, py) = (Number(x(i + 1)), Number(y(line.Values[i])));
            path.Append($"{pen}{px} {py}");
            pen = 'L';
            svg.AppendLine($"""<circle cx="{px}" cy="{py}" r="2.5" fill="{colour}"/>""");
        }
        if (path.Length > 0) svg.AppendLine($"""<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>""");
    }

    static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
