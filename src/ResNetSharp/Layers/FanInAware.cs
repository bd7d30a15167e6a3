namespace ResNetSharp.Layers;

/// <summary>Draws a bias by the fans of the weights it belongs to: PyTorch's default bound is 1 / sqrt(fan in of the weights).</summary>
internal sealed class FanInAware(Initializer initializer, Shape weights) : Initializer
{
    public override void Fill(Span<float> values, Shape shape, ref RandomSource random) => initializer.Fill(values, weights, ref random);
}
