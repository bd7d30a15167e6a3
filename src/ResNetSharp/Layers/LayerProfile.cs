namespace ResNetSharp.Layers;

/// <summary>What one layer of a network is and costs.</summary>
/// <param name="Path">Where it stands, such as <c>layer1.0.conv1</c>.</param>
/// <param name="Type">What kind of layer it is.</param>
/// <param name="OutputShape">The shape of its result, with the batch first.</param>
/// <param name="Parameters">Numbers that are learned.</param>
/// <param name="Statistics">Numbers that are measured: batch normalization's running means and variances.</param>
/// <param name="MultiplyAdds">Multiply-adds for one input, of convolutions and dense layers only, as the field counts.</param>
public sealed record LayerProfile(string Path, string Type, Shape OutputShape, long Parameters, long Statistics, long MultiplyAdds);
