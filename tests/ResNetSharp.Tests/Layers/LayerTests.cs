using ResNetSharp.Layers;

namespace ResNetSharp.Tests.Layers;

/// <summary>Each layer by itself.</summary>
public sealed class LayerTests
{
    [Fact]
    public void Convolution()
    {
        LayerCheck.Run(() => new Conv2D(5, 3), (4, 6, 7, 2), (4, 4, 5, 5), ("weight", (3, 3, 2, 5)), ("bias", new Shape(5)));
        LayerCheck.Run(() => new Conv2D(6, 3, 2, Padding.Same, useBias: false, groups: 2), (3, 5, 5, 4), (3, 3, 3, 6), ("weight", (3, 3, 2, 6)));
        LayerCheck.Run(() => new Conv2D(2, 3, padding: Padding.Of(0, 1, 2, 3), dilation: 2, activation: Activation.Silu), (3, 5, 5, 1), (3, 2, 6, 2),
            ("weight", (3, 3, 1, 2)), ("bias", new Shape(2)));
        LayerCheck.Run(() => new Conv2D(2, (1, 3), ConvOptions.Default), (3, 1, 4, 17), (3, 1, 4, 2), ("weight", (1, 3, 17, 2)), ("bias", new Shape(2)));
    }

    [Fact]
    public void Dense()
    {
        LayerCheck.Run(() => new Dense(5), new Shape(4, 7), new Shape(4, 5), ("weight", new Shape(7, 5)), ("bias", new Shape(5)));
        LayerCheck.Run(() => new Dense(1, Activation.Tanh, useBias: false), new Shape(3, 1), new Shape(3, 1), ("weight", new Shape(1, 1)));
    }

    [Fact]
    public void Normalizations()
    {
        LayerCheck.Run(() => new BatchNormalization(), (4, 3, 2, 5), (4, 3, 2, 5), ("weight", new Shape(5)), ("bias", new Shape(5)),
            ("running_mean", new Shape(5)), ("running_var", new Shape(5)));
        LayerCheck.Run(() => BatchNormalization.Torch(), (4, 1, 1, 17), (4, 1, 1, 17), ("weight", new Shape(17)), ("bias", new Shape(17)),
            ("running_mean", new Shape(17)), ("running_var", new Shape(17)));
        LayerCheck.Run(() => new GroupNormalization(2), (4, 3, 2, 6), (4, 3, 2, 6), ("weight", new Shape(6)), ("bias", new Shape(6)));
    }

    [Fact]
    public void Layers_without_parameters()
    {
        LayerCheck.Run(() => new MaxPooling2D(), (3, 5, 4, 3), (3, 2, 2, 3));
        LayerCheck.Run(() => new MaxPooling2D(3, 2, 1), (3, 5, 4, 3), (3, 3, 2, 3));
        LayerCheck.Run(() => new AveragePooling2D(3, 1, Padding.Same), (3, 5, 4, 3), (3, 5, 4, 3));
        LayerCheck.Run(() => new GlobalAveragePooling2D(), (3, 5, 4, 3), new Shape(3, 3));
        LayerCheck.Run(() => new Flatten(), (3, 5, 4, 3), new Shape(3, 60));
        LayerCheck.Run(() => new Identity(), (3, 5, 4, 3), (3, 5, 4, 3));
        LayerCheck.Run(() => new Dropout(0.5f), (3, 5, 4, 3), (3, 5, 4, 3));
        LayerCheck.Run(() => new ZeroPadding2D(Padding.Of(1, 0, 2, 1)), (3, 5, 4, 3), (3, 6, 7, 3));
        LayerCheck.Run(() => new ActivationLayer(Activation.Gelu), (3, 5, 4, 3), (3, 5, 4, 3));
        LayerCheck.Run(() => new ActivationLayer(Activation.Softmax), (3, 5, 4, 3), (3, 5, 4, 3));
    }

    [Fact]
    public void Stack_of_layers() => LayerCheck.Run(
        () => new Sequential(new Conv2D(4, 3), new BatchNormalization(), new ActivationLayer(Activation.Relu), new GlobalAveragePooling2D(), new Dense(2)),
        (4, 6, 6, 3), new Shape(4, 2),
        ("0.weight", (3, 3, 3, 4)), ("0.bias", new Shape(4)), ("1.weight", new Shape(4)), ("1.bias", new Shape(4)), ("1.running_mean", new Shape(4)),
        ("1.running_var", new Shape(4)), ("4.weight", new Shape(4, 2)), ("4.bias", new Shape(2)));

    [Fact]
    public void Running_statistics_follow_the_frameworks_rules()
    {
        foreach (var (layer, keep, correction) in new[] { (new BatchNormalization(), 0.99, 1.0), (BatchNormalization.Torch(), 0.9, 8.0 / 7) })
        {
            float[] values = [1, 2, 3, 4, 5, 6, 7, 12];
            var model = new Sequential(layer, new Flatten(), new Dense(2));
            model.Compile(new ResNetSharp.Training.Sgd(0), new ResNetSharp.Training.SparseCategoricalCrossentropy(fromLogits: true));
            model.Fit(ResNetSharp.Data.Dataset.FromArrays(values, (1, 1, 1), [0, 1, 0, 1, 0, 1, 0, 1]), batchSize: 8);
            var mean = values.Average();
            var variance = values.Sum(v => Math.Pow(v - mean, 2)) / 8;
            Assert.Equal((1 - keep) * mean, layer.Parameters[2].Values[0], 1e-6);
            Assert.Equal(keep + (1 - keep) * correction * variance, layer.Parameters[3].Values[0], 1e-6);
        }
    }

    [Fact]
    public void Shape_errors_show_both_shapes_on_the_line_that_makes_them()
    {
        Says("(2, 3, 3, 5)", "(3, 3, 4, 8)", () => Seen(new Conv2D(8, 3), (1, 9, 9, 4)).Apply(Tensor.Input((2, 3, 3, 5))));
        Says("(2, 3)", "(4, 8)", () => Seen(new Dense(8), new Shape(1, 4)).Apply(Tensor.Input(new Shape(2, 3))));
        Says("(2, 3, 3, 5)", "4 channels", () => Seen(new BatchNormalization(), (1, 9, 9, 4)).Apply(Tensor.Input((2, 3, 3, 5))));
        Says("(2, 3, 3, 5)", "(2, 3, 4, 5)", () => Tensor.Input((2, 3, 3, 5)) + Tensor.Input((2, 3, 4, 5)));
        Says("(?, 3, 3, 5)", "7x7", () => Tensor.Input(3, 3, 5).Conv2D(4, 7, Padding.Valid));
        Says("(?, 3, 3, 5)", "(batch, inputs)", () => Tensor.Input(3, 3, 5).Dense(4));
        Says("(2, 3)", "(batch, height, width, channels)", () => Tensor.Input(new Shape(2, 3)).Conv2D(4, 7));
        Says("(2, 3)", "(batch, height, width, channels)", () => Tensor.Input(new Shape(2, 3)).GlobalAveragePooling2D());
        Says("(2, 3)", "(4, 3)", () => Tensor.Concatenate([Tensor.Input(new Shape(2, 3)), Tensor.Input(new Shape(4, 3))]));
        Says("(2, 3)", "(4, 2)", () => Tensor.Input(new Shape(2, 3)).Reshape(4, 2));
        Says("(?, 5, 5, 3)", "3 group", () => Tensor.Input(5, 5, 3).Conv2D(4, 1, new ConvOptions { Groups = 2 }), "2 groups");

        static Layer Seen(Layer layer, Shape shape)
        {
            layer.Apply(Tensor.Input(shape));
            return layer;
        }

        static void Says(string first, string second, Func<object> act, string? instead = null)
        {
            var message = Assert.Throws<ShapeException>(act).Message;
            Assert.Contains(first, message, StringComparison.Ordinal);
            Assert.Contains(instead ?? second, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2D(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2D(4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2D(4, 3, strides: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2D(4, 3, dilation: 0));
        Assert.Throws<ArgumentException>(() => new Conv2D(4, 3, groups: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dense(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GroupNormalization(0));
        Assert.Throws<ArgumentException>(() => Tensor.Input(3, 3, 3).ZeroPadding2D(Padding.Same));
        Assert.Throws<ArgumentOutOfRangeException>(() => Padding.Of(-1));
    }
}
