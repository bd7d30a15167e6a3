using System.Buffers.Binary;
using System.Formats.Tar;
using System.Runtime.InteropServices;
using ResNetSharp.Data;
using ResNetSharp.Imaging;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Tests.Formats;

namespace ResNetSharp.Tests.Models;

public sealed class ClassificationTests
{
    [SharedFact("data/weights/pytorch-legacy", "data/cifar10-jpeg/test.tar")]
    public void A_JPEG_file_gets_the_probabilities_that_PyTorch_gives_it()
    {
        var model = Architectures.Create("cifar-resnet20", weights: SharedData.Find("data/weights/pytorch-legacy/resnet20-12fca82f.th"));
        model.ClassNames = Cifar10.ClassNames;
        var logits = ReadNpy("data/weights/expected/resnet20-cifar10-jpeg-logits-first100.npy");
        using var tar = new TarReader(File.OpenRead(SharedData.Find("data/cifar10-jpeg/test.tar")!));
        for (var i = 0; i < 30;)
        {
            if (tar.GetNextEntry() is not { DataStream: { } content } entry || !entry.Name.EndsWith(".jpg", StringComparison.Ordinal)) continue;
            var expected = Softmax(logits.AsSpan(10 * i++, 10));
            var ranked = model.Classify(content, top: 10);
            Assert.Equal(10, ranked.Count);
            Assert.Equal(1, ranked.Sum(guess => (double)guess.Probability), 1e-6);
            Assert.Equal(ranked.OrderByDescending(guess => guess.Probability), ranked);
            foreach (var guess in ranked)
            {
                Assert.Equal(expected[guess.Index], guess.Probability, 1e-5);
                Assert.Equal(Cifar10.ClassNames[guess.Index], guess.Name);
                Assert.Null(guess.WordNetId);
            }
        }
    }

    // What torch 1.13 and torchvision 0.14 print for
    //   resnet18 with torch_resnet18_legacy.pth, ResNet18_Weights.IMAGENET1K_V1.transforms(), softmax(1), topk(5)
    // on the file opened with Pillow and converted to RGB.
    [SharedTheory(ZooFile.Folder, "data/photos")]
    [InlineData("rocket.jpg", new[] { 387, 726, 278, 297, 553 },
        new[] { 0.0016748945927247405, 0.001619200687855482, 0.0015763291157782078, 0.0015310310991480947, 0.0015218524495139718 }, "lesser panda")]
    [InlineData("coffee.png", new[] { 929, 726, 884, 48, 544 },
        new[] { 0.002098530763760209, 0.001928203972056508, 0.001858662930317223, 0.0018111142562702298, 0.0017875849734991789 }, "ice lolly")]
    public void A_photograph_gets_the_classes_that_torchvision_gives_it(string photo, int[] classes, double[] probabilities, string name)
    {
        const string file = "torch_resnet18_legacy.pth";
        using var folder = new Data.TemporaryFolder();
        var model = ResNet.ResNet18(weights: folder.Write(file, ZooFile.Unpack(file)));
        var path = SharedData.Find($"data/photos/{photo}")!;
        var ranked = model.Classify(path);
        Assert.Equal(classes, ranked.Select(guess => guess.Index));
        for (var i = 0; i < classes.Length; i++)
        {
            Assert.Equal(probabilities[i], ranked[i].Probability, 2e-4 * probabilities[i]);
            Assert.Equal(ImageNet.WordNetIds[classes[i]], ranked[i].WordNetId);
        }
        Assert.Equal(name, ranked[0].Name);
        Assert.Equal(ranked, model.Classify(File.ReadAllBytes(path)));
        using var stream = File.OpenRead(path);
        Assert.Equal(ranked, model.Classify(stream));
    }

    [Fact]
    public void Many_files_are_classified_in_their_order_and_bad_ones_reported()
    {
        using var folder = new Data.TemporaryFolder();
        var random = new RandomSource(4);
        string[] paths = [.. Enumerable.Range(0, 7).Select(i => Picture(folder, ref random, i, 40 + i, 33))];
        File.WriteAllBytes(paths[3], [1, 2, 3]);
        paths[5] = Path.Combine(folder.Path, "nothing.png");
        var model = Weights.Load("cifar10-resnet20");
        foreach (var batchSize in new[] { 1, 3, 32 })
        {
            var results = model.Classify(paths, top: 3, batchSize).ToList();
            Assert.Equal(paths, results.Select(result => result.Path));
            for (var i = 0; i < paths.Length; i++)
            {
                if (i is 3 or 5)
                {
                    Assert.Contains(paths[i], results[i].Error, StringComparison.Ordinal);
                    Assert.Empty(results[i].Top);
                    continue;
                }
                Assert.Null(results[i].Error);
                var alone = model.Classify(paths[i], top: 3);
                Assert.Equal(alone.Select(guess => guess.Name), results[i].Top.Select(guess => guess.Name));
                for (var k = 0; k < 3; k++) Assert.Equal(alone[k].Probability, results[i].Top[k].Probability, 1e-5f);
            }
        }
    }

    [Fact]
    public void Pictures_that_keep_their_sizes_can_be_of_several()
    {
        using var folder = new Data.TemporaryFolder();
        var random = new RandomSource(4);
        string[] paths = [.. Enumerable.Range(0, 5).Select(i => Picture(folder, ref random, i, 32 + (i % 2), 32))];
        var model = Weights.Load("cifar10-resnet20");
        model.Preprocessing = Preprocessing.Cifar;
        var results = model.Classify(paths, top: 1).ToList();
        for (var i = 0; i < paths.Length; i++) Assert.Equal(model.Classify(paths[i], 1)[0].Probability, results[i].Top[0].Probability, 1e-5f);
    }

    [Fact]
    public void A_model_that_ends_in_a_softmax_gets_no_second_one()
    {
        var input = Tensor.Input(8, 8, 3);
        var model = new Model(input, input.GlobalAveragePooling2D().Dense(4, Activation.Softmax)) { Preprocessing = Preprocessing.None };
        var picture = new Image(8, 8, [.. Enumerable.Range(0, 192).Select(i => (byte)(i * 5))]);
        var numbers = new float[192];
        Preprocessing.None.Apply(picture, numbers);
        var expected = model.Predict(Tensor.From(numbers, (1, 8, 8, 3))).ToArray();
        var ranked = model.Classify(picture, top: 4);
        foreach (var guess in ranked)
        {
            Assert.Equal(expected[guess.Index], guess.Probability);
            Assert.Equal($"{guess.Index}", guess.Name);
        }
    }

    [Fact]
    public void A_model_that_cannot_be_asked_says_why()
    {
        var input = Tensor.Input(8, 8, 3);
        var picture = new Image(8, 8, new byte[192]);
        var model = new Model(input, input.GlobalAveragePooling2D().Dense(4));
        Assert.Contains("Preprocessing", Assert.Throws<InvalidOperationException>(() => model.Classify(picture)).Message, StringComparison.Ordinal);
        var features = new Model(input, input.Conv2D(4, 3)) { Preprocessing = Preprocessing.None };
        Assert.Contains("no classifier", Assert.Throws<InvalidOperationException>(() => features.Classify(picture)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => features.Classify(picture, top: 0));
    }

    [Fact]
    public void Predictions_are_decoded_as_Keras_does_it()
    {
        var scores = new float[2 * 1000];
        (scores[581], scores[817], scores[3]) = (0.507f, 0.182f, 0.01f);
        (scores[1000 + 134], scores[1000 + 639]) = (0.6f, 0.3f);
        var decoded = ImageNet.DecodePredictions(Tensor.From(scores, (2, 1000)), top: 2);
        Assert.Equal([("n03459775", "grille", 0.507f), ("n04285008", "sports_car", 0.182f)], decoded[0]);
        Assert.Equal(["crane", "maillot"], decoded[1].Select(triple => triple.Name));
        Assert.Equal(5, ImageNet.DecodePredictions(Tensor.From(scores, (2, 1000)))[0].Count);
        var error = Assert.Throws<ArgumentException>(() => ImageNet.DecodePredictions(Tensor.From(new float[20], (2, 10))));
        Assert.Contains("(2, 10)", error.Message, StringComparison.Ordinal);
        Assert.Equal("(n03459775, grille, 0.507)", new Classification(581, "grille", "n03459775", 0.507f).ToString());
    }

    [SharedFact("data/imagenet-classes.json")]
    public void The_names_of_the_classes_are_Keras()
    {
        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(SharedData.Find("data/imagenet-classes.json")!));
        foreach (var entry in document.RootElement.GetProperty("keras").EnumerateObject())
        {
            var index = int.Parse(entry.Name);
            Assert.Equal(entry.Value[0].GetString(), ImageNet.WordNetIds[index]);
            Assert.Equal(entry.Value[1].GetString(), ImageNet.KerasClassNames[index]);
        }
    }

    static string Picture(Data.TemporaryFolder folder, ref RandomSource random, int number, int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)random.NextInt(256);
        using var stream = new MemoryStream();
        new Image(width, height, pixels).SavePng(stream);
        return folder.Write($"{number}.png", stream.ToArray());
    }

    static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double[] exponentials = [.. logits.ToArray().Select(logit => Math.Exp(logit))];
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }

    /// <summary>The numbers of a NumPy file of floats, version 1.</summary>
    static float[] ReadNpy(string name)
    {
        var content = File.ReadAllBytes(SharedData.Find(name)!);
        var start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(8));
        return MemoryMarshal.Cast<byte, float>(content.AsSpan(start)).ToArray();
    }
}
