using System.Runtime.InteropServices;
using ResNetSharp.Exchange;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Tests.Formats;
using ResNetSharp.Tests.Graph;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Training;

/// <summary>A file whose damage shows only while it is read leaves a model that computes with the numbers that it shows.</summary>
public sealed class DamagedWeightsTests
{
    const ulong Seed = 9;

    [Theory]
    [InlineData("conv2d.weight")]
    [InlineData("batch_normalization_1.running_mean")]
    public void Parameters_without_numbers_draw_them_where_the_file_gave_none(string damaged)
    {
        using var folder = new TemporaryFolder();
        var stored = Write(folder.File("weights.pth"), damaged);
        var (model, drawn) = (Fresh(), Fresh());
        Assert.Contains("checksum", Assert.Throws<InvalidDataException>(() => model.LoadWeights(folder.File("weights.pth"))).Message, StringComparison.Ordinal);
        Assert.False(Named(model, damaged).IsDrawn);
        Tolerance.SameBits(Named(drawn, damaged).Values, Named(model, damaged).Values, damaged);
        // What stands before it was read before, and is kept.
        foreach (var parameter in model.Parameters.TakeWhile(p => p.Name != damaged))
            Tolerance.SameBits(Named(stored, parameter.Name).Values, parameter.Values, parameter.Name);
    }

    [Theory]
    [InlineData("conv2d.weight")]
    [InlineData("batch_normalization_1.running_mean")]
    public void Predictions_agree_with_the_parameters_after_a_load_that_failed(string damaged)
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("weights.pth"), damaged);
        var (model, twin) = (Fresh(), Fresh());
        var pictures = Tensor.RandomNormal(new Shape(3, 6, 6, 2), 4);
        var before = model.Predict(pictures).ToArray();
        Assert.Throws<InvalidDataException>(() => model.LoadWeights(folder.File("weights.pth")));
        var after = model.Predict(pictures).ToArray();
        Assert.NotEqual(before, after);
        foreach (var parameter in model.Parameters) Named(twin, parameter.Name).SetValues(parameter.Values);
        Tolerance.SameBits(twin.Predict(pictures).ToArray(), after, "prediction");
    }

    /// <summary>As the scales of integer weights, which mean nothing without.</summary>
    [Fact]
    public void What_is_done_to_numbers_last_is_done_although_a_later_tensor_fails()
    {
        var (good, bad) = (new Parameter("good", new Shape(2, 3), Initializer.Ones), new Parameter("bad", new Shape(2), Initializer.Ones));
        var integers = StoredTensor.Create("good", good.Shape, TensorType.Int8, new byte[] { 1, 2, 3, 4, 255, 6 });
        var notNumbers = StoredTensor.Create("bad", bad.Shape, TensorType.Complex64, new byte[16]);
        Assert.Throws<InvalidDataException>(() => WeightTransfer.Fill([(good, integers), (bad, notNumbers)], finish: (_, numbers) =>
        {
            foreach (ref var number in numbers) number *= 0.5f;
        }));
        Assert.Equal([0.5f, 1, 1.5f, 2, -0.5f, 3], good.Values);
        Assert.Equal([1f, 1], bad.Values);
    }

    static Model Fresh()
    {
        var model = TinyTask.Model(dropout: false);
        model.Initialize(Seed);
        return model;
    }

    static Parameter Named(Model model, string name) => model.Parameters.Single(p => p.Name == name);

    /// <summary>Writes a model with numbers of its own in every parameter, and changes the last bit of one tensor's last number but one.</summary>
    static Model Write(string path, string damaged)
    {
        var model = TinyTask.Model(dropout: false);
        for (var i = 0; i < model.Parameters.Count; i++)
        {
            var parameter = model.Parameters[i];
            // Variances are positive.
            parameter.SetValues([.. Tensor.RandomNormal(new Shape((int)parameter.Shape.Size), (ulong)i + 1).ToArray().Select(v => 0.1f + Math.Abs(v))]);
        }
        PyTorch.Write(path, model.Parameters.Select(p => new ParameterTensor(p.Name, p)));
        var bytes = File.ReadAllBytes(path);
        var tensor = new ParameterTensor(damaged, Named(model, damaged)).ToFloats();
        var place = bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes(tensor.AsSpan()));
        bytes[place + (tensor.Length - 2) * sizeof(float)] ^= 1;
        File.WriteAllBytes(path, bytes);
        return model;
    }
}
