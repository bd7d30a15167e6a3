// Tutorial 2: ResNet-50 by name, what is inside it, and what shortcuts do to the gradient.
//
//   dotnet run -c Release --project samples/2.Pretrained [-- --weights resnet50.pth --image car.jpg]
//
// With weights (torchvision's resnet50-*.pth or a safetensors file of it) it also says what is in the picture.

using ResNetSharp.Explain;
using ResNetSharp.Imaging;

var model = ResNet.ResNet50();
model.Build(224, 224, 3);
Console.WriteLine(model);
Console.WriteLine($"{model.ParameterCount:N0} parameters\n");

if (Option("--weights") is { } weights && Option("--image") is { } picture)
{
    model.LoadWeights(weights);
    var preset = Preprocessing.Torchvision;
    var pixels = new float[224 * 224 * 3];
    preset.Apply(Image.Load(picture), pixels);
    var probabilities = model.Predict(Tensor.From(pixels, (1, 224, 224, 3))).Softmax().ToArray();
    foreach (var (index, probability) in probabilities.Index().OrderByDescending(p => p.Item).Take(5))
        Console.WriteLine($"  class {index}: {probability:P1}");
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

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
