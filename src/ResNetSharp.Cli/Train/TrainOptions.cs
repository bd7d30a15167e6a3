using System.CommandLine;

namespace ResNetSharp.Cli.Train;

/// <summary>What a user can say about a training.</summary>
sealed class TrainOptions
{
    public Option<string?> Model { get; } = new("--model", "-m") { Description = "An architecture ('resnet models' lists them), or a file of a trained model to go on from; cifar-resnet20 by default", HelpName = "NAME|FILE" };

    public Option<string?> Weights { get; } = new("--weights") { Description = "Begin with published weights, such as imagenet, or with those of a file, all of which have to fit", HelpName = "NAME|FILE" };

    public Option<bool> Partial { get; } = new("--partial") { Description = "Take what fits of the file of --weights, as for a new classifier, and say what does not" };

    public Option<string?> Freeze { get; } = new("--freeze") { Description = "Keep layers as they are, by their paths, such as 'conv1,bn1,layer?' (with * and ?, commas between)", HelpName = "GLOB" };

    public Option<int?> Epochs { get; } = new("--epochs", "-e") { Description = "How often each picture is seen", HelpName = "N" };

    public Option<int?> Batch { get; } = new("--batch", "-b") { Description = "Pictures in a step", HelpName = "N" };

    public Option<string?> Optimizer { get; } = Choice("--optimizer", "How weights follow their gradients; sgd by default, adam for shapes", "sgd", "adam", "adamw");

    public Option<float?> LearningRate { get; } = new("--lr") { Description = "The highest learning rate; by default 0.001 for adam and adamw (0.002 for shapes), 0.1 for sgd, less for batches below 128, and 0.01 with --weights, less below 32", HelpName = "X" };

    public Option<float?> WeightDecay { get; } = new("--weight-decay") { Description = "How strongly weights are pulled to zero; 0.0001 for sgd, 0 for adam, 0.01 for adamw by default", HelpName = "X" };

    public Option<float?> Momentum { get; } = new("--momentum") { Description = "The part of the last step that sgd keeps; 0.9 by default", HelpName = "X" };

    public Option<string?> Schedule { get; } = Choice("--schedule", "How the learning rate falls; cosine by default, step divides it by ten after 1/2 and 3/4", "cosine", "constant", "step");

    public Option<string?> Augment { get; } = new("--augment") { Description = "How training pictures are altered: flip, crop, both with a comma, or none; both for colour photographs by default", HelpName = "flip,crop|none" };

    public Option<double?> ValidationSplit { get; } = new("--validation-split") { Description = "The part of the training set to validate on; 0.1 where there is no test set, otherwise the test set serves", HelpName = "X" };

    public Option<int?> Size { get; } = new("--size") { Description = "Height and width to bring pictures to; small ones stay as they are, others get the architecture's by default", HelpName = "N" };

    public PrecisionOption Precision { get; } = new();

    public Option<string?> Out { get; } = new("--out", "-o") { Description = "The folder for checkpoints, history and curves; below runs by default", HelpName = "DIR" };

    public Option<bool> Recompute { get; } = new("--recompute") { Description = "Compute cheap activations a second time instead of keeping them: about half the memory, somewhat slower, the same result" };

    public Option<bool> Resume { get; } = new("--resume") { Description = "Go on from the last checkpoint in --out, bit for bit, or from the latest below runs" };

    public IEnumerable<Option> All =>
        [Model, Weights, Partial, Freeze, Epochs, Batch, Optimizer, LearningRate, WeightDecay, Momentum, Schedule, Augment, ValidationSplit, Size, Precision, Out, Recompute, Resume];

    static Option<string?> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', values) };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
