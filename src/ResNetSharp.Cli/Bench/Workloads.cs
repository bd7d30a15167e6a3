using ResNetSharp.Models;
using ResNetSharp.Training;

namespace ResNetSharp.Cli.Bench;

/// <summary>What is measured: from the networks of tutorials to those for ImageNet.</summary>
static class Workloads
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("train/seed-custom-32", () => TutorialNetworks.Custom(), (32, 32, 3), 64, () => new Adam()),
        new("train/seed-functional-28", () => TutorialNetworks.Functional(), (28, 28, 1), 32, () => new Adam()),
        Train("train/d2l-resnet18-96", "d2l-resnet18", (96, 96, 1), 128, () => new Sgd(0.01f)),
        Train("train/cifar-resnet20-32", "cifar-resnet20", (32, 32, 3), 128, Momentum),
        Train("train/cifar-resnet56-32", "cifar-resnet56", (32, 32, 3), 128, Momentum),
        Train("train/resnet18-224", "resnet18", (224, 224, 3), 32, Momentum),
        Train("train/resnet50-224", "resnet50", (224, 224, 3), 16, Momentum),
        Train("train/resnext50-224", "resnext50_32x4d", (224, 224, 3), 16, Momentum),
        new("train/transfer-resnet50-frozen-224", () => TutorialNetworks.FrozenTransfer(), (224, 224, 3), 32, () => new Adam()),
        .. new[] { "resnet18", "resnet50", "resnet152", "resnext50_32x4d", "densenet121" }.SelectMany(name => new[] { 1, 16 }.Select(batch => Infer(name, batch))),
    ];

    static Sgd Momentum() => new(0.1f, 0.9f, weightDecay: 1e-4f);

    static Workload Train(string name, string architecture, Shape input, int batch, Func<Optimizer> optimizer) =>
        new(name, () => Architectures.Create(architecture, 10, input), input, batch, optimizer);

    static Workload Infer(string architecture, int batch) =>
        new($"infer/{architecture}-b{batch}", () => Architectures.Create(architecture), (224, 224, 3), batch, null);
}
