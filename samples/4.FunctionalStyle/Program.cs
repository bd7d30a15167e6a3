// Tutorial 4: a residual network by hand, in the functional style, on Fashion-MNIST; and what the additions are good for.
//
//   dotnet run -c Release --project samples/4.FunctionalStyle [-- --full]
//
// By default two seeds of each network on 6,000 pictures for two epochs, a few minutes; --full trains five seeds on all for ten epochs.

var full = args.Contains("--full");
var (train, test) = FashionMnist.Load();
if (!full) (train, test) = (train.Take(6000), test.Take(2000));
var (fit, valid) = train.Split(0.8);
var scaler = StandardScaler.Fit(fit);
(fit, valid, test) = (fit.Standardize(scaler), valid.Standardize(scaler), test.Standardize(scaler));

// The network of the tutorial: two residual blocks of 32 filters, or, as its plain twin, the same without the additions.
static Tensor ResidualBlock(Tensor input, int filters, bool shortcut = true, ConvOptions? options = null)
{
    var x = input.Conv2D(filters, 3, options).BatchNorm().Relu().Conv2D(filters, 3, options).BatchNorm();
    return (shortcut ? x + input : x).Relu();
}

static Model Network(int blocks, bool shortcuts)
{
    var input = Tensor.Input(28, 28, 1);
    var x = input.Conv2D(32, 3, Padding.Same).Relu();
    for (var i = 0; i < blocks; i++) x = ResidualBlock(x, 32, shortcuts);
    return new Model(input, x.Flatten().Dense(10, Activation.Softmax));
}

Console.WriteLine(Network(2, shortcuts: true).Summary());

// The same depth with and without the additions, several trainings of each.
const int Blocks = 2;
foreach (var shortcuts in new[] { true, false })
{
    var accuracies = new List<double>();
    for (ulong seed = 0; seed < (full ? 5UL : 2UL); seed++)
    {
        var model = Network(Blocks, shortcuts);
        model.Initialize(seed);
        model.Compile(new Adam(rule: UpdateRule.Keras), new SparseCategoricalCrossentropy(), new Accuracy());
        var history = model.Fit(fit, epochs: full ? 10 : 2, batchSize: 32, validation: valid, seed: seed);
        var accuracy = model.Evaluate(test).Metrics["accuracy"];
        accuracies.Add(accuracy);
        Console.WriteLine($"{(shortcuts ? "residual" : "plain   ")} seed {seed}: validation {string.Join(" ", history["val_accuracy"].Select(a => $"{a:F3}"))}, test {accuracy:F4}");
    }
    var mean = accuracies.Average();
    var spread = Math.Sqrt(accuracies.Sum(a => (a - mean) * (a - mean)) / (accuracies.Count - 1));
    Console.WriteLine($"{(shortcuts ? "residual" : "plain   ")} test accuracy {mean:F4} +- {spread:F4} over {accuracies.Count} seeds");
}
