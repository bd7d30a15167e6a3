// Tutorial 1: a residual network as a class of one's own, trained on CIFAR-10.
//
//   dotnet run -c Release --project samples/1.CustomModel [-- --full]
//
// By default two epochs over a fifth of the pictures, about two minutes; --full trains ten epochs on all of them. (Fewer steps than these
// three hundred would leave the running statistics of batch normalization, of which each step keeps 0.99, far from the data's.)

var full = args.Contains("--full");
var (train, test) = Cifar10.Load();
if (!full) (train, test) = (train.Shuffle(seed: 0).Take(10_000), test.Shuffle(seed: 0).Take(1000));

var model = new ResNet(classes: 10);
model.Compile(new Adam(rule: UpdateRule.Keras), new SparseCategoricalCrossentropy(fromLogits: true), new Accuracy());
Console.WriteLine(model.Summary((32, 32, 3)));

model.Fit(train.Scale(1 / 255f), epochs: full ? 10 : 2, batchSize: 64, progress: new ConsoleProgress());
Console.WriteLine($"on {test.Count} pictures that it has not seen: {model.Evaluate(test.Scale(1 / 255f))}");

/// <summary>y = relu(F(x) + x), where F is two convolutions, and x is brought to the shape of F(x) where the block halves the picture.</summary>
sealed class ResidualBlock(int filters, int strides = 1) : Layer
{
    readonly Conv2D conv1 = new(filters, 3, strides, Padding.Same), conv2 = new(filters, 3, 1, Padding.Same);
    readonly BatchNormalization bn1 = new(), bn2 = new();
    readonly Layer downsample = strides > 1
        ? new Sequential(new Conv2D(filters, 1, strides, Padding.Same), new BatchNormalization())
        : new Identity();

    protected override Tensor Call(Tensor inputs)
    {
        var x = bn1.Apply(conv1.Apply(inputs)).Relu();
        x = bn2.Apply(conv2.Apply(x));
        return (x + downsample.Apply(inputs)).Relu();
    }
}

/// <summary>A stem, four residual blocks, a classifier.</summary>
sealed class ResNet(int classes = 10) : Model
{
    readonly Conv2D conv1 = new(64, 3, 1, Padding.Same);
    readonly BatchNormalization bn1 = new();
    readonly ResidualBlock block1 = new(64), block2 = new(128, 2), block3 = new(256, 2), block4 = new(512, 2);
    readonly GlobalAveragePooling2D globalPool = new();
    readonly Dense fc = new(classes);

    protected override Tensor Call(Tensor inputs)
    {
        var x = bn1.Apply(conv1.Apply(inputs)).Relu();
        x = block4.Apply(block3.Apply(block2.Apply(block1.Apply(x))));
        return fc.Apply(globalPool.Apply(x));
    }
}
