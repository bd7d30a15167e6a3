using System.Xml.Linq;
using ResNetSharp.Reports;

namespace ResNetSharp.Tests.Reports;

public sealed class ChartTests
{
    [Fact]
    public void An_svg_chart_is_xml_with_a_path_for_each_line()
    {
        var svg = XDocument.Parse(SvgLineChart.Draw("epoch", ("loss & more", [new("a", [2, 1, double.NaN, 0.5]), new("b < c", [1.5, 1.2])])));
        XNamespace space = "http://www.w3.org/2000/svg";
        Assert.Equal(2, svg.Descendants(space + "path").Count());
        Assert.Equal(5, svg.Descendants(space + "circle").Count());
        Assert.Contains(svg.Descendants(space + "text"), text => text.Value == "b < c");
    }

    [Fact]
    public void A_rising_line_begins_low_on_the_left_and_ends_high_on_the_right()
    {
        var rows = TextLineChart.Draw([new LineSeries("accuracy", [0, 1])], width: 10, height: 3).Split(Environment.NewLine);
        Assert.Equal(4, rows.Length);
        Assert.Equal('⠊', rows[0][^1]);
        Assert.StartsWith("0.0 ┤⡠", rows[2], StringComparison.Ordinal);
        Assert.StartsWith("1.0 ┤", rows[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_values_make_a_flat_line()
    {
        var rows = TextLineChart.Draw([new LineSeries("accuracy", [0.7, 0.7])]).Split(Environment.NewLine)[..^1];
        Assert.Single(rows, row => row.Any(c => c is > '\u2800' and <= '\u28FF'));
    }
}
