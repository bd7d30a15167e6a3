using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

public sealed class TorchLayoutTests
{
    [Theory]
    [InlineData(3, 3, 16, 24)]
    [InlineData(3, 3, 5, 7)]
    [InlineData(7, 7, 3, 64)]
    [InlineData(1, 1, 33, 17)]
    [InlineData(1, 3, 8, 9)]
    [InlineData(1, 1, 20, 523)]
    [InlineData(3, 3, 2, 1040)]
    public void Filters_are_turned_both_ways(int height, int width, int inputs, int outputs)
    {
        var own = Enumerable.Range(0, height * width * inputs * outputs).Select(i => (float)i).ToArray();
        var expected = new float[own.Length];
        for (var o = 0; o < outputs; o++)
            for (var i = 0; i < inputs; i++)
                for (var t = 0; t < height * width; t++) expected[(o * inputs + i) * height * width + t] = own[(t * inputs + i) * outputs + o];
        var shape = new Shape(height, width, inputs, outputs);
        var (torch, back) = (new float[own.Length], new float[own.Length]);
        TorchLayout.ToTorch(own, shape, torch);
        TorchLayout.FromTorch(torch, shape, back);
        Assert.Equal(expected, torch);
        Assert.Equal(own, back);
    }

    [Theory]
    [InlineData(40, 24)]
    [InlineData(19, 1000)]
    [InlineData(7, 1)]
    public void Matrices_are_turned_both_ways(int inputs, int outputs)
    {
        var own = Enumerable.Range(0, inputs * outputs).Select(i => (float)i).ToArray();
        var (torch, back) = (new float[own.Length], new float[own.Length]);
        TorchLayout.ToTorch(own, (inputs, outputs), torch);
        TorchLayout.FromTorch(torch, (inputs, outputs), back);
        for (var i = 0; i < inputs; i++)
            for (var o = 0; o < outputs; o++) Assert.Equal(own[i * outputs + o], torch[o * inputs + i]);
        Assert.Equal(own, back);
    }
}
