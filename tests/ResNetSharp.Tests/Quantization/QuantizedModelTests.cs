using ResNetSharp.Data;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Quantization;
using ResNetSharp.Tests.Formats;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Quantization;

public sealed class QuantizedModelTests
{
    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void A_quantized_network_gives_nearly_the_same_logits(CalibrationMethod method)
    {
        var (model, images) = Make();
        var expected = model.Predict(images).ToArray();
        var table = model.Quantize([images], new QuantizationOptions { Method = method });
        Assert.Equal(method, table.Method);
        Assert.Equal(16, table.Pictures);
        Assert.Same(table, model.Calibration);
        var actual = model.Predict(images).ToArray();
        var distance = Math.Sqrt(expected.Zip(actual, (e, a) => (double)(e - a) * (e - a)).Sum() / expected.Sum(e => (double)e * e));
        Assert.InRange(distance, 1e-6, 0.1);
    }

    [Fact]
    public void Results_depend_on_the_pictures_alone_and_not_on_batches_or_threads()
    {
        var (model, images) = Make();
        model.Quantize([images]);
        var together = model.Predict(images).ToArray();
        var alone = images.ToArray().Chunk(32 * 32 * 3).SelectMany(one => model.Predict(Tensor.From(one, (1, 32, 32, 3))).ToArray()).ToArray();
        Assert.Equal(together, alone);
    }

    [Fact]
    public void Calibrating_in_batches_finds_the_same_ranges()
    {
        var (model, images) = Make();
        var together = model.Quantize([images], new QuantizationOptions { Method = CalibrationMethod.MinMax });
        model.Dequantize();
        var pieces = images.ToArray().Chunk(4 * 32 * 32 * 3).Select(four => Tensor.From(four, (4, 32, 32, 3)));
        var apart = model.Quantize(pieces, new QuantizationOptions { Method = CalibrationMethod.MinMax });
        Assert.Equal(together.Activations.Keys, apart.Activations.Keys);
        foreach (var (name, range) in together.Activations)
        {
            Assert.Equal(range.Minimum, apart.Activations[name].Minimum, 1e-4f);
            Assert.Equal(range.Maximum, apart.Activations[name].Maximum, 1e-4f);
        }
    }

    [Fact]
    public void Dequantizing_goes_back_to_the_bit()
    {
        var (model, images) = Make();
        var expected = model.Predict(images).ToArray();
        model.Quantize([images]);
        Assert.NotEqual(expected, model.Predict(images).ToArray());
        model.Dequantize();
        Assert.Null(model.Calibration);
        Assert.Equal(expected, model.Predict(images).ToArray());
    }

    [Fact]
    public void A_saved_network_computes_the_same_to_the_bit_and_is_a_quarter_as_large()
    {
        using var folder = new TemporaryFolder();
        var (model, images) = Make();
        model.ClassNames = [.. Enumerable.Range(0, 10).Select(i => $"class {i}")];
        model.Save(folder.File("float.safetensors"));
        model.Quantize([images]);
        var expected = model.Predict(images).ToArray();
        model.Save(folder.File("int8.safetensors"));
        Assert.InRange(new FileInfo(folder.File("int8.safetensors")).Length, 1, new FileInfo(folder.File("float.safetensors")).Length / 3);

        var loaded = ModelFile.Load(folder.File("int8.safetensors"));
        Assert.Equal(expected, loaded.Predict(images).ToArray());
        Assert.Equal(model.ClassNames, loaded.ClassNames);
        Assert.Equal(model.Calibration!.Activations, loaded.Calibration!.Activations);
        Assert.Equal(model.Calibration.WeightScales.Keys, loaded.Calibration.WeightScales.Keys);

        loaded.Save(folder.File("again.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.File("int8.safetensors")), File.ReadAllBytes(folder.File("again.safetensors")));
        var asWeights = Architectures.Create("cifar-resnet20");
        Assert.True(asWeights.LoadWeights(folder.File("int8.safetensors")).IsComplete);
        Assert.Equal(expected, asWeights.Predict(images).ToArray());
    }

    [Fact]
    public void The_file_holds_integers_scales_and_ranges()
    {
        using var folder = new TemporaryFolder();
        var (model, images) = Make();
        var table = model.Quantize([images]);
        model.Save(folder.File("int8.safetensors"));
        using var file = WeightFile.Open(folder.File("int8.safetensors"));
        Assert.Equal(TensorType.Int8, file["conv1.weight"].Type);
        Assert.Equal(table.WeightScales["conv1.weight"], file["conv1.weight_scale"].ToFloats());
        Assert.Equal(127, file["layer3.2.conv2.weight"].ToFloats().Max(Math.Abs));
        Assert.Equal(TensorType.Float32, file["bn1.weight"].Type);
        Assert.Contains("\"layer1.0.conv1\":[0,", file.Metadata["quantization"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scale", "no 'linear.weight_scale' of 10 scales")]
    [InlineData("negative", "a number that is no scale")]
    [InlineData("json", "the quantization in")]
    [InlineData("range", "no range of numbers")]
    [InlineData("method", "the quantization in")]
    public void A_damaged_file_is_refused(string damage, string message)
    {
        using var folder = new TemporaryFolder();
        var (model, images) = Make();
        model.Quantize([images]);
        model.Save(folder.File("good.safetensors"));
        using var file = WeightFile.Open(folder.File("good.safetensors"));
        var tensors = file.Where(t => damage != "scale" || t.Name != "linear.weight_scale")
            .Select(t => damage == "negative" && t.Name == "linear.weight_scale" ? StoredTensor.Create(t.Name, t.Shape, Enumerable.Repeat(-1f, 10).ToArray()) : t);
        var metadata = file.Metadata.ToDictionary(p => p.Key, p => p.Key != "quantization" ? p.Value : damage switch
        {
            "json" => "{",
            "range" => """{"method":"MinMax","pictures":1,"activations":{"input":[2,1]}}""",
            "method" => """{"method":"Guess","pictures":1,"activations":{}}""",
            _ => p.Value,
        });
        SafeTensors.Write(folder.File("bad.safetensors"), tensors, metadata);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => ModelFile.Load(folder.File("bad.safetensors"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_in_the_table_is_computed_in_floating_point()
    {
        using var folder = new TemporaryFolder();
        var (model, images) = Make();
        var expected = model.Predict(images).ToArray();
        model.UseCalibration(new CalibrationTable(CalibrationMethod.MinMax, 1, new Dictionary<string, ActivationRange>(), new Dictionary<string, IReadOnlyList<float>>()));
        Assert.Equal(expected, model.Predict(images).ToArray());
    }

    [Fact]
    public void A_quantized_network_is_not_trained_or_loaded_over()
    {
        var (model, images) = Make();
        model.Compile(new Sgd(), new SparseCategoricalCrossentropy(fromLogits: true));
        model.Quantize([images]);
        Assert.Contains("call Dequantize first", Assert.Throws<InvalidOperationException>(() => model.Fit(Shapes.Load(32, 1).Train)).Message, StringComparison.Ordinal);
        Assert.Contains("call Dequantize first", Assert.Throws<InvalidOperationException>(() => model.LoadWeights("none")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calibration_needs_pictures_and_finite_numbers()
    {
        var (model, _) = Make();
        Assert.Contains("no pictures", Assert.Throws<ArgumentException>(() => model.Quantize([])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => model.Quantize([Tensor.Full((1, 32, 32, 3), float.NaN)]));
        Assert.Null(model.Calibration);
    }

    [Fact]
    public void Predicting_allocates_nothing()
    {
        var (model, images) = Make();
        model.Quantize([images]);
        var step = new CompiledModel(model, null, null, new ResNetSharp.Planning.ArenaPool()).Evaluation(images.Shape);
        step.Plan.Run();
        var least = long.MaxValue;
        for (var run = 0; run < 5 && least > 0; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            step.Plan.Run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    static (Model Model, Tensor Images) Make() => (Architectures.Create("cifar-resnet20"), Tensor.RandomNormal(new Shape(16, 32, 32, 3), seed: 9));
}
