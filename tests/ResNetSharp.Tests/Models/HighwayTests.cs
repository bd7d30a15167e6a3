using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

public sealed class HighwayTests
{
    [Fact]
    public void A_closed_gate_carries_the_input_through()
    {
        var input = Tensor.RandomNormal(2, 8);
        var output = new HighwayDense(8, gateBias: -100).Apply(input).ToArray();
        Assert.Equal(input.ToArray(), output);
    }

    [Fact]
    public void An_open_gate_makes_an_ordinary_layer()
    {
        var input = Tensor.RandomNormal(2, 5, 5, 4);
        var layer = new HighwayConv2D(4, gateBias: 100);
        var output = layer.Apply(input).ToArray();
        Assert.All(output, v => Assert.True(v >= 0));
        Assert.Contains(output, v => v > 0);
    }

    [Fact]
    public void The_output_is_a_mixture_by_the_gate()
    {
        var input = Tensor.From([1f, -2f], (1, 2));
        var layer = new HighwayDense(2, Activation.Linear);
        layer.Apply(input);
        foreach (var parameter in layer.Parameters) parameter.SetValues(new float[parameter.Shape.Size]);
        layer.Parameters.Single(p => p.Name == "transform.bias").SetValues([3f, 3f]);
        // The gate is sigmoid(0), one half.
        Assert.Equal([2f, 0.5f], layer.Apply(input).ToArray());
    }

    [Fact]
    public void An_input_of_another_width_is_refused()
    {
        Assert.Throws<ShapeException>(() => new HighwayDense(8).Apply(Tensor.RandomNormal(2, 1)));
        Assert.Throws<ShapeException>(() => new HighwayConv2D(8).Apply(Tensor.RandomNormal(2, 5, 5, 1)));
    }

    [Fact]
    public void The_gates_begin_closed()
    {
        var model = HighwayNetwork.Dense(10);
        model.Build(28, 28, 1);
        var bias = model.Parameters.First(p => p.Name.EndsWith("gate.bias", StringComparison.Ordinal));
        Assert.All(bias.Values.ToArray(), v => Assert.Equal(-2, v));
        Assert.Throws<ArgumentOutOfRangeException>(() => HighwayNetwork.Convolutional(20));
    }
}
