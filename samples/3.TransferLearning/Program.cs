// Tutorial 3: transfer learning with ResNet-50: a frozen backbone, a new head, then the last layers of the backbone set free.
//
//   dotnet run -c Release --project samples/3.TransferLearning [-- --weights imagenet|FILE] [--full]
//
// With --weights imagenet the backbone gets Keras' weights (94 MB, fetched once). Without, it keeps its first, random values: the mechanics
// are the same, the accuracy is not. By default 400 pictures of CIFAR-10 at 64x64; --full takes 10,000 at 224x224.

using ResNetSharp.Imaging;

var full = args.Contains("--full");
var size = full ? 224 : 64;
var (all, _) = Cifar10.Load();
var pictures = all.Shuffle(seed: 0).Take(full ? 10_000 : 400).Resize(size, size);

var weights = Array.IndexOf(args, "--weights") is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
if (weights is null) Console.WriteLine("no --weights given: the backbone is random, so do not expect it to see much\n");
var backbone = KerasResNet.ResNet50(weights: weights, includeTop: false, inputShape: (size, size, 3));
backbone.Freeze();

// Trained weights want their pictures as they were trained on; random ones do with any small numbers.
var (train, val) = (weights is null ? pictures.Scale(1 / 255f) : pictures.Preprocess(Preprocessing.KerasCaffe with { ExactSize = null })).Split(0.8);

var model = new Sequential(backbone, new Flatten(), new Dense(256, Activation.Relu), new Dropout(0.5f), new Dense(10, Activation.Softmax));
Console.WriteLine(model.Summary((size, size, 3)));

model.Compile(new Adam(1e-4f, rule: UpdateRule.Keras), new CategoricalCrossentropy(), new Accuracy());
var history = model.Fit(train, epochs: full ? 10 : 2, batchSize: 32, validation: val, progress: new ConsoleProgress());
Console.WriteLine($"head alone: validation accuracy {history["val_accuracy"][^1]:F3}");

backbone.Layers[^10..].Unfreeze();
Console.WriteLine($"last ten layers set free: {model.TrainableParameters.Sum(p => p.Shape.Size):N0} trainable parameters");
model.Compile(new Adam(1e-5f, rule: UpdateRule.Keras), new CategoricalCrossentropy(), new Accuracy());
history = model.Fit(train, epochs: full ? 10 : 2, batchSize: 32, validation: val, progress: new ConsoleProgress());
Console.WriteLine($"fine-tuned: validation accuracy {history["val_accuracy"][^1]:F3}");
