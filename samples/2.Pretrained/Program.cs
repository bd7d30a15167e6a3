// Tutorial 2: a pretrained ResNet-50, the PyTorch way and the Keras way, what is inside it, and what shortcuts do to the gradient.
//
//   dotnet run -c Release --project samples/2.Pretrained [-- --image car.jpg]
//
// With a picture it fetches torchvision's and Keras' weights (100 MB each, once) and says what they see in it.

using ResNetSharp.Explain;

string? picture = Array.IndexOf(args, "--image") is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
var weights = picture is null ? null : "imagenet";

var model = ResNet.ResNet50(weights: weights);
model.Build(224, 224, 3);
Console.WriteLine(model);
Console.WriteLine($"{model.ParameterCount:N0} parameters\n");

if (picture is not null)
{
    Console.WriteLine($"torchvision: {model.Classify(picture)[0]}");
    var keras = KerasResNet.ResNet50(weights: weights);
    foreach (var guess in keras.Classify(picture, top: 2)) Console.WriteLine($"Keras: {guess}");
    Console.WriteLine();
}

// y = F(x) + x: the gradient of y with respect to x is F'(x) + 1, so it reaches the first layer in proportion however deep the network is.
// Through plain layers it is a product of as many factors as there are layers: it vanishes, or, where batch normalization keeps the
// activations in size as here, explodes. Either way the first layers of a deep plain network cannot learn together with the last.
Console.WriteLine("Norm of the gradient at the first convolution, before any training, by depth:");
Console.WriteLine("  depth        plain   residual");
foreach (var depth in new[] { 20, 56, 110 })
    Console.WriteLine($"  {depth,5}   {FirstGradient($"plain-cifar-resnet{depth}"),10:0.0E+0}   {FirstGradient($"cifar-resnet{depth}"),8:0.0E+0}");

Console.WriteLine("\nIts relatives: a Highway network learns gates for its shortcuts, a DenseNet concatenates instead of adding.");
foreach (var name in new[] { "resnet101", "resnet152", "densenet121" })
{
    var relative = Architectures.Create(name);
    relative.Build(224, 224, 3);
    Console.WriteLine($"  {name}: {relative.ParameterCount:N0} parameters");
}

static double FirstGradient(string architecture)
{
    var network = Architectures.Create(architecture);
    var images = Tensor.RandomNormal(16, 32, 32, 3);
    int[] labels = [.. Enumerable.Range(0, 16).Select(i => i % 10)];
    return GradientFlow.Norms(network, new SparseCategoricalCrossentropy(fromLogits: true), images, labels)[0].Norm;
}
