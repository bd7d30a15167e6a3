// Tutorial 5: ResNet and ResNeXt as in the book "Dive into Deep Learning" (d2l.ai), with its exercises.
//
//   dotnet run -c Release --project samples/5.D2l [-- --full]
//
// By default one epoch on 2,560 pictures of Fashion-MNIST, a minute or two; --full trains ten epochs on all of them.

using ResNet18 = ResNetSharp.Models.D2lResNet18;

Console.WriteLine(new Residual(3).Apply(Tensor.RandomNormal(4, 6, 6, 3)).Shape);
Console.WriteLine(new Residual(6, use1x1Conv: true, strides: 2).Apply(Tensor.RandomNormal(4, 6, 6, 3)).Shape);
Console.WriteLine(new ResNet18().LayerSummary((1, 96, 96, 1)));

var full = args.Contains("--full");
var (train, val) = FashionMnist.Load();
if (!full) (train, val) = (train.Take(2560), val.Take(1000));
(train, val) = (train.Resize(96, 96).Scale(1 / 255f), val.Resize(96, 96).Scale(1 / 255f));
var history = new Trainer(maxEpochs: full ? 10 : 1).Fit(new ResNet18(), learningRate: 0.01f, train, val, new ConsoleProgress());
Console.WriteLine($"validation accuracy {history["val_accuracy"][^1]:F3}");

Console.WriteLine(new ResNeXtBlock(32, 16, 1, use1x1Conv: true, strides: 2).Apply(Tensor.RandomNormal(4, 96, 96, 32)).Shape);

Console.WriteLine("\nExercise 1, the variants of the paper's Table 1:");
foreach (var name in new[] { "resnet18", "resnet34", "resnet50", "resnet101", "resnet152" })
{
    var model = Architectures.Create(name);
    model.Build(224, 224, 3);
    Console.WriteLine($"  {name}: {model.ParameterCount:N0} parameters");
}

Console.WriteLine("\nExercise 4, the order of the second paper (normalization and ReLU before the convolutions):");
var preactivated = Architectures.Create("cifar-preact-resnet20");
preactivated.Build(32, 32, 3);
Console.WriteLine(preactivated);
