using ResNetSharp.Layers;

namespace ResNetSharp.Tests.Layers;

/// <summary>Paths of parameters, and names of layers in the functional style.</summary>
public sealed class NamingTests
{
    [Fact]
    public void Path_follows_the_fields()
    {
        var model = new Net();
        model.Build(8, 8, 3);
        Assert.Equal(
            [
                "based.weight", "stem.weight", "layer1.0.conv1.weight", "layer1.0.conv2.weight", "layer1.1.conv1.weight", "layer1.1.conv2.weight",
                "listed.0.weight", "head.weight", "stack.0.weight",
            ],
            model.Parameters.Select(p => p.Name));
        Assert.Equal("layer1.1.conv2", model.Children.Single(c => c.Name == "layer1.1").Layer.Children.Last().Layer.Path);
    }

    [Fact]
    public void Layer_in_two_places_is_one_layer()
    {
        var model = new Shared();
        model.Build(4, 4, 2);
        Assert.Equal(2, model.Parameters.Count);
        Assert.Equal(2 * 2 + 2, model.ParameterCount);
    }

    [Fact]
    public void Functional_layers_are_named_as_in_Keras()
    {
        var input = Tensor.Input(8, 8, 3);
        var x = input.Conv2D(4, 3).BatchNorm().Relu();
        x = (x.Conv2D(4, 3).BatchNorm() + x).Relu();
        var model = new Model(input, x.GlobalAveragePooling2D().Dense(3, name: "predictions"));
        Assert.Equal(["conv2d", "batch_normalization", "relu", "conv2d_1", "batch_normalization_1", "add", "relu_1", "global_average_pooling2d", "predictions"],
            model.Layers.Select(l => l.Name));
        Assert.Equal(["conv2d.weight", "conv2d.bias", "batch_normalization.weight"], model.Parameters.Take(3).Select(p => p.Name));
        Assert.Equal("predictions", model.Layers["predictions"].Name);
        Assert.Contains("conv2d_1", Assert.Throws<ArgumentException>(() => model.Layers["conv2d_2"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_names_are_not_given_again()
    {
        var input = Tensor.Input(8, 8, 3);
        var model = new Model(input, input.Conv2D(4, 3, name: "conv2d_1").Conv2D(4, 3).Conv2D(4, 3));
        Assert.Equal(["conv2d_1", "conv2d", "conv2d_2"], model.Layers.Select(l => l.Name));
    }

    [Fact]
    public void Model_within_a_model_is_a_layer()
    {
        var inside = Tensor.Input(8, 8, 3);
        var backbone = new Model(inside, inside.Conv2D(4, 3).BatchNorm().Relu()) { Name = "backbone" };
        var input = Tensor.Input(8, 8, 3);
        var model = new Model(input, new GlobalAveragePooling2D().Apply(backbone.Apply(input)).Dense(2));
        Assert.Equal(["backbone", "global_average_pooling2d", "dense"], model.Layers.Select(l => l.Name));
        Assert.Equal("backbone.conv2d.weight", model.Parameters[0].Name);
        Assert.Same(backbone.Layers[0], ((Model)model.Layers[0]).Layers[0]);
        Assert.Equal(new Shape(2, 2), model.Predict(Tensor.RandomNormal(2, 8, 8, 3)).Shape);
    }

    [Fact]
    public void Ends_that_are_no_ends_are_refused()
    {
        var (input, other) = (Tensor.Input(8, 8, 3), Tensor.Input(8, 8, 3));
        Assert.Contains("Relu", Assert.Throws<ArgumentException>(() => new Model(input.Relu(), input.Relu().Tanh())).Message, StringComparison.Ordinal);
        Assert.Contains("does not depend", Assert.Throws<ArgumentException>(() => new Model(input, other.Relu())).Message, StringComparison.Ordinal);
        Assert.Contains("another input", Assert.Throws<ArgumentException>(() => new Model(input, input + other)).Message, StringComparison.Ordinal);
        var model = new Model(input, input.Relu());
        var error = Assert.Throws<ShapeException>(() => model.Apply(Tensor.Input(8, 9, 3)));
        Assert.Contains("(?, 8, 8, 3)", error.Message, StringComparison.Ordinal);
        Assert.Contains("(?, 8, 9, 3)", error.Message, StringComparison.Ordinal);
    }

    class Base : Model
    {
        readonly Conv2D based = new(3, 1, useBias: false);

        protected Tensor ApplyBase(Tensor x) => based.Apply(x);
    }

    sealed class Net : Base
    {
        readonly Conv2D _stem = new(4, 3, useBias: false);
        readonly Block[] layer1 = [new(), new()];
        readonly List<Conv2D> listed = [new(4, 1, useBias: false)];

        Conv2D Head { get; } = new(2, 1, useBias: false);

        readonly Sequential stack = new(new Conv2D(1, 1, useBias: false));

        protected override Tensor Call(Tensor inputs)
        {
            var x = _stem.Apply(ApplyBase(inputs));
            foreach (var block in layer1) x = block.Apply(x);
            return stack.Apply(Head.Apply(listed[0].Apply(x)));
        }
    }

    sealed class Block : Layer
    {
        readonly Conv2D conv1 = new(4, 3, 1, Padding.Same, useBias: false);
        readonly Conv2D conv2 = new(4, 3, 1, Padding.Same, useBias: false);

        protected override Tensor Call(Tensor inputs) => (conv2.Apply(conv1.Apply(inputs).Relu()) + inputs).Relu();
    }

    sealed class Shared : Model
    {
        readonly Conv2D first;
        readonly Conv2D second;

        public Shared() => first = second = new Conv2D(2, 1);

        protected override Tensor Call(Tensor inputs) => second.Apply(first.Apply(inputs));
    }
}
