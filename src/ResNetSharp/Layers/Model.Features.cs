namespace ResNetSharp.Layers;

public partial class Model
{
    /// <summary>
    /// The model up to one of its layers, to look at what it has learned or to put another head on it. It shares its parameters with this model.
    /// </summary>
    /// <param name="layer">The layer's path, such as <c>layer3</c> or <c>layer3.0.conv1</c>, or its name, such as <c>conv4_block6_out</c>.</param>
    /// <returns>A model whose output is what the layer computes: (batch, height, width, channels) for an inner layer of a picture classifier.</returns>
    /// <exception cref="ArgumentException">When the result is applied: there is no such layer.</exception>
    public Model Features(string layer)
    {
        ArgumentException.ThrowIfNullOrEmpty(layer);
        return new FeatureExtractor(this, layer) { Precision = Precision };
    }
}
