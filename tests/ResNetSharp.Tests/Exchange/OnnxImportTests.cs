using ResNetSharp.Data;
using ResNetSharp.Exchange;
using ResNetSharp.Tests.Formats;
using ResNetSharp.Tests.Graph;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Exchange;

public sealed class OnnxImportTests
{
    [Theory]
    [InlineData("pads=1,1,1,1", 1)]
    [InlineData("pads=0,1,2,0 strides=2,1", 1)]
    [InlineData("strides=1,2 dilations=2,1", 2)]
    [InlineData("""auto_pad="SAME_UPPER" strides=2,2""", 1)]
    [InlineData("""auto_pad="SAME_LOWER" strides=2,2""", 2)]
    [InlineData("""auto_pad="VALID" kernel_shape=3,2""", 4)]
    public void Convolutions(string settings, int groups)
    {
        var text = new OnnxText { Input = [0, 4, 7, 6] }.Weights("w", 8, 4 / groups, 3, 2).Weights("b", 8);
        OnnxCheck.Import(text.Build($"y = Conv(x, w, b) {settings} group={groups}"));
    }

    [Theory]
    [InlineData("MaxPool(x) kernel_shape=2,2 strides=2,2")]
    [InlineData("MaxPool(x) kernel_shape=3,3 strides=2,2 pads=1,1,1,1")]
    [InlineData("MaxPool(x) kernel_shape=3,2 strides=2,3 pads=0,1,2,0 ceil_mode=1")]
    [InlineData("MaxPool(x) kernel_shape=2,2 strides=2,2 ceil_mode=1")]
    [InlineData("AveragePool(x) kernel_shape=2,2 strides=2,2 ceil_mode=1")]
    [InlineData("AveragePool(x) kernel_shape=3,3 strides=2,2 pads=1,1,1,1 count_include_pad=1")]
    [InlineData("AveragePool(x) kernel_shape=3,3 strides=1,1 auto_pad=\"SAME_UPPER\"")]
    [InlineData("GlobalAveragePool(x)")]
    public void Poolings(string operation) => OnnxCheck.Import(new OnnxText { Input = [0, 3, 7, 6] }.Build($"y = {operation}"));

    [Theory]
    [InlineData("Relu")]
    [InlineData("Sigmoid")]
    [InlineData("Tanh")]
    [InlineData("Softplus")]
    [InlineData("HardSigmoid")]
    [InlineData("HardSwish")]
    [InlineData("Erf")]
    [InlineData("Exp")]
    [InlineData("Abs")]
    [InlineData("Neg")]
    [InlineData("Selu")]
    [InlineData("Identity")]
    [InlineData("Elu", "alpha=0.5f")]
    [InlineData("LeakyRelu", "alpha=0.2f")]
    [InlineData("HardSigmoid", "alpha=0.3f beta=0.4f")]
    [InlineData("Softmax", "axis=1")]
    [InlineData("Softmax", "axis=2")]
    [InlineData("LogSoftmax", "axis=-1")]
    [InlineData("ReduceMean", "axes=2,3")]
    [InlineData("ReduceMean", "axes=2,3 keepdims=0")]
    [InlineData("ReduceMax", "axes=1 keepdims=0")]
    [InlineData("ReduceMean", "axes=-1")]
    [InlineData("Flatten", "axis=1")]
    [InlineData("Transpose", "perm=0,2,3,1")]
    [InlineData("Transpose", "perm=0,3,1,2")]
    public void Functions_of_one_tensor(string operation, string settings = "") =>
        OnnxCheck.Import(new OnnxText { Input = [0, 3, 4, 5] }.Weights("w", 3, 3, 1, 1).Build($"c = Conv(x, w)\ny = {operation}(c) {settings}"));

    [Theory]
    [InlineData("Add(a, b)")]
    [InlineData("Sub(a, b)")]
    [InlineData("Sub(k, a)")]
    [InlineData("Mul(a, k)")]
    [InlineData("Mul(a, s)")]
    [InlineData("Div(s, e)")]
    [InlineData("Max(a, b)")]
    [InlineData("Min(a, row)")]
    [InlineData("Sum(a, b, a)")]
    [InlineData("Mul(p, a)")]
    [InlineData("Add(a, p)")]
    [InlineData("Pow(a, two)")]
    [InlineData("Clip(a, low, high)")]
    [InlineData("Clip(a, zero, six)")]
    [InlineData("Clip(a, zero)")]
    [InlineData("Concat(a, b, a) axis=1")]
    [InlineData("Concat(a, b) axis=-1")]
    [InlineData("Pad(a, pads)")]
    [InlineData("Pad(a, pads, two)")]
    [InlineData("Slice(a, starts, ends, axes, steps)")]
    [InlineData("Slice(a, starts, ends, axes)")]
    [InlineData("ReduceSum(a, axes)")]
    [InlineData("Dropout(a)")]
    public void Functions_of_several_tensors(string operation)
    {
        var text = new OnnxText { Input = [0, 3, 4, 5] }.Weights("w", 3, 3, 1, 1).Weights("k", 1, 3, 1, 1).Weights("row", 4, 1)
            .Numbers("s", [], 1.5f).Numbers("two", [], 2).Numbers("low", [], -0.5f).Numbers("high", [], 0.25f).Numbers("zero", [], 0).Numbers("six", [], 6)
            .Integers("pads", 0, 0, 1, 2, 0, 1, 0, 3).Integers("starts", 1, -2).Integers("ends", 9, -1).Integers("axes", 2, 3).Integers("steps", 2, 1);
        OnnxCheck.Import(text.Build($"""
            a = Conv(x, w)
            b = Relu(a)
            e = Exp(a)
            p = GlobalAveragePool(b)
            y = {operation}
            """));
    }

    [Theory]
    // This library's, PyTorch's, Keras', and one of numbers multiplied beforehand.
    [InlineData("h = Mul(a, half)\nz = Mul(a, root)\ne = Erf(z)\no = Add(e, one)\ny = Mul(h, o)")]
    [InlineData("z = Div(a, two)\ne = Erf(z)\no = Add(e, one)\nh = Mul(a, o)\ny = Mul(h, half)")]
    [InlineData("z = Mul(root, a)\ne = Erf(z)\no = Add(one, e)\nh = Mul(half, o)\ny = Mul(h, a)")]
    [InlineData("b = Mul(a, three)\nz = Mul(b, root)\ne = Erf(z)\no = Add(e, one)\nh = Mul(b, o)\ny = Mul(h, half)")]
    public void Gelu_is_found_again(string spelling)
    {
        var text = new OnnxText { Input = [0, 3, 4, 5] }.Weights("w", 3, 3, 1, 1).Numbers("half", [], 0.5f).Numbers("one", [1], 1)
            .Numbers("root", [1, 1, 1, 1], MathF.Sqrt(0.5f)).Numbers("two", [], MathF.Sqrt(2)).Numbers("three", [], 3);
        var model = OnnxCheck.Import(text.Build($"a = Conv(x, w)\n{spelling}"));
        Assert.Equal("Gelu", model.Layers.Last(l => l.TypeName != "Multiply").TypeName);
        Assert.DoesNotContain(model.Layers, l => l.TypeName == "Erf");
    }

    [Theory]
    [InlineData("z = Mul(a, root)\ne = Erf(z)\no = Add(e, half)\nh = Mul(a, o)\ny = Mul(h, half)")]
    [InlineData("z = Mul(a, half)\ne = Erf(z)\no = Add(e, one)\nh = Mul(a, o)\ny = Mul(h, half)")]
    [InlineData("z = Mul(a, root)\ne = Erf(z)\no = Add(e, one)\nh = Mul(b, o)\ny = Mul(h, half)")]
    public void What_only_looks_like_Gelu_is_computed_as_it_stands(string spelling)
    {
        var text = new OnnxText { Input = [0, 3, 4, 5] }.Weights("w", 3, 3, 1, 1).Weights("v", 3, 3, 1, 1)
            .Numbers("half", [], 0.5f).Numbers("one", [], 1).Numbers("root", [], MathF.Sqrt(0.5f));
        var model = OnnxCheck.Import(text.Build($"a = Conv(x, w)\nb = Conv(x, v)\n{spelling}"));
        Assert.Contains(model.Layers, l => l.TypeName == "Erf");
    }

    [Theory]
    [InlineData("f = Flatten(p)\ny = Gemm(f, w, b) transB=1")]
    [InlineData("f = Reshape(p, keep)\ny = Gemm(f, w, b) transB=1 alpha=0.5f beta=2f")]
    [InlineData("f = Squeeze(p, axes)\ny = Gemm(f, v, b)")]
    [InlineData("f = Reshape(p, one)\nm = MatMul(f, v)\ny = Add(m, b)")]
    [InlineData("f = Reshape(p, one)\nm = MatMul(f, v)\nr = Relu(m)\ny = Add(m, r)")]
    [InlineData("s = Shape(x)\nn = Gather(s, first)\nu = Unsqueeze(n, start)\nc = Concat(u, rest) axis=0\nf = Reshape(p, c)\ny = Gemm(f, w, b) transB=1")]
    [InlineData("s = Shape(x)\nn = Slice(s, start, end)\nc = Concat(n, rest) axis=0\nd = Cast(c) to=7\nf = Reshape(p, d)\ny = Gemm(f, w, b) transB=1")]
    [InlineData("g = ReduceMean(x) axes=2,3 keepdims=0\nf = Reshape(g, keep)\ny = Gemm(f, w, b) transB=1")]
    public void Ways_to_a_classifier(string ending)
    {
        var text = new OnnxText { Input = [0, 3, 4, 5] }.Weights("w", 6, 3).Weights("v", 3, 6).Weights("b", 6)
            .Integers("keep", 0, -1).Integers("one", -1, 3).Integers("axes", 2, 3).Scalar("first", 0).Integers("start", 0).Integers("end", 1).Integers("rest", -1);
        OnnxCheck.Import(text.Build($"p = GlobalAveragePool(x)\n{ending}"));
    }

    [Theory]
    [InlineData("f = Flatten(r)")]
    [InlineData("f = Reshape(r, sixty)")]
    [InlineData("t = Transpose(r) perm=0,2,3,1\nf = Flatten(t)")]
    public void Images_are_flattened_in_the_order_of_the_file(string flatten)
    {
        var text = new OnnxText { Input = [2, 3, 4, 5] }.Weights("w", 60, 4).Weights("c.weight", 3, 3, 1, 1).Integers("sixty", 2, 60);
        var model = OnnxCheck.Import(text.Build($"c = Conv(x, c.weight)\nr = Relu(c)\n{flatten}\ny = MatMul(f, w)"));
        // A file for batches of two serves others as well.
        var images = Tensor.RandomNormal(3, 4, 5, 3);
        var first = model.Predict(images.Slice([0, 0, 0, 0], [1, 4, 5, 3])).ToArray();
        Tolerance.SameBits(first, model.Predict(images).ToArray().AsSpan(0, 4), "first of three");
    }

    [Fact]
    public void Keras_layout_needs_no_turning()
    {
        var text = new OnnxText { Input = [0, 8, 7, 3] }.Weights("w", 4, 3, 3, 3).Norm("n", 4).Weights("k", 4).Weights("d", 4, 5).Weights("e", 5);
        var onnx = text.Build("""
            t = Transpose(x) perm=0,3,1,2
            p = Conv(t, w) pads=1,1,1,1 strides=2,2
            n = BatchNormalization(p, n.weight, n.bias, n.mean, n.var) epsilon=0.001f
            b = Transpose(n) perm=0,2,3,1
            a = Add(b, k)
            r = Relu(a)
            m = ReduceMean(r) axes=1,2 keepdims=0
            f = MatMul(m, d)
            g = Add(f, e)
            y = Softmax(g) axis=-1
            """);
        var model = OnnxCheck.Import(onnx);
        Assert.Equal(new Shape(Shape.Unknown, 8, 7, 3), model.InputShape);
        Assert.DoesNotContain(model.Layers, l => l.TypeName == "Transpose");
        Assert.Equal(["node_p.weight", "n.weight", "n.bias", "n.running_mean", "n.running_var", "node_f.weight", "node_f.bias"], model.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void Group_normalization_is_found_again()
    {
        var text = new OnnxText { Input = [0, 6, 4, 5] }.Integers("groups", 0, 3, -1).Numbers("ones", [3], 1, 1, 1).Numbers("zeros", [3], 0, 0, 0)
            .Weights("g.weight", 6, 1, 1).Weights("g.bias", 6, 1, 1);
        var model = OnnxCheck.Import(text.Build("""
            r = Reshape(x, groups)
            i = InstanceNormalization(r, ones, zeros) epsilon=0.01f
            s = Shape(x)
            b = Reshape(i, s)
            m = Mul(b, g.weight)
            y = Add(m, g.bias)
            """));
        Assert.Equal("GroupNormalization", Assert.Single(model.Layers).TypeName);
        Assert.Equal(["g.weight", "g.bias"], model.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void Instances_are_normalized_one_by_one() => OnnxCheck.Import(new OnnxText { Input = [0, 3, 4, 5] }.Weights("g", 3).Weights("b", 3)
        .Build("y = InstanceNormalization(x, g, b) epsilon=0.01f"));

    [Fact]
    public void Weights_that_are_computed_from_weights_are_computed_once()
    {
        var text = new OnnxText { Input = [0, 3, 4, 5] }.Weights("w", 6, 3, 3, 3).Numbers("e", [], 1e-4f);
        var model = OnnxCheck.Import(text.Build("""
            m = ReduceMean(w) axes=1,2,3
            c = Sub(w, m)
            q = Mul(c, c)
            v = ReduceMean(q) axes=1,2,3
            u = Add(v, e)
            d = Sqrt(u)
            s = Div(c, d)
            y = Conv(x, s)
            """));
        Assert.Equal("Conv2D", Assert.Single(model.Layers).TypeName);
    }

    [Fact]
    public void Pictures_of_any_size_are_taken_where_the_file_leaves_it_open()
    {
        var model = OnnxCheck.Import(new OnnxText { Input = [0, 3, 0, 0] }.Weights("w", 4, 3, 3, 3).Weights("v", 2, 4)
            .Build("c = Conv(x, w) auto_pad=\"SAME_UPPER\" strides=2,2\np = GlobalAveragePool(c)\nf = Flatten(p)\ny = Gemm(f, v) transB=1"));
        Assert.Equal(new Shape(1, 2), model.Predict(Tensor.RandomNormal(1, 9, 5, 3)).Shape);
    }

    [Fact]
    public void An_imported_network_can_be_trained_on()
    {
        var text = new OnnxText { Input = [0, 1, 6, 6] }.Weights("c.weight", 4, 1, 3, 3).Norm("n", 4).Weights("d.weight", 3, 4).Weights("d.bias", 3);
        var model = Onnx.Import(text.Build("""
            c = Conv(x, c.weight)
            n = BatchNormalization(c, n.weight, n.bias, n.mean, n.var)
            r = Relu(n)
            p = GlobalAveragePool(r)
            f = Flatten(p)
            y = Gemm(f, d.weight, d.bias) transB=1
            """));
        var random = new RandomSource(1);
        int[] labels = [.. Enumerable.Range(0, 30).Select(i => i % 3)];
        // The brightness tells the class.
        float[] pixels = [.. labels.SelectMany(label => Enumerable.Range(0, 36).Select(_ => label + 0.1f * (float)random.NextNormal()))];
        model.Compile(new Adam(0.05f), new SparseCategoricalCrossentropy(fromLogits: true), new Accuracy());
        var history = model.Fit(Dataset.FromArrays(pixels, new Shape(6, 6, 1), labels), epochs: 15, batchSize: 10);
        Assert.True(history["loss"][^1] < 0.5 * history["loss"][0], $"the loss went from {history["loss"][0]} to {history["loss"][^1]}");
        Assert.Equal(["c.weight", "n.weight", "n.bias", "n.running_mean", "n.running_var", "d.weight", "d.bias"], model.Parameters.Select(p => p.Name));
    }

    [PythonFact("torch")]
    public void A_network_that_PyTorch_exports_computes_what_it_did_there()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        var said = Python.Run(Python.With("torch")!, $$"""
            import torch, torch.nn as nn
            torch.manual_seed(0)
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv1 = nn.Conv2d(3, 8, 3, 2, 1, bias=False)
                    self.bn1 = nn.BatchNorm2d(8)
                    self.conv2 = nn.Conv2d(8, 8, 3, 1, 1, groups=2)
                    self.norm = nn.GroupNorm(4, 8)
                    self.pool = nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False)
                    self.fc = nn.Linear(8 * 3 * 3, 5)
                def forward(self, x):
                    x = torch.relu(self.bn1(self.conv1(x)))
                    x = torch.nn.functional.hardswish(self.norm(self.conv2(x))) + x
                    x = self.pool(torch.nn.functional.silu(x))
                    return torch.log_softmax(self.fc(x.view(x.size(0), -1)), 1)
            m = Net().eval()
            torch.nn.init.normal_(m.bn1.running_mean); torch.nn.init.uniform_(m.bn1.running_var, 0.5, 2)
            x = (torch.arange(2 * 3 * 9 * 9) % 17 - 8).float().reshape(2, 3, 9, 9) / 5
            torch.onnx.export(m, x[:1], '{{path.Replace("\\", "/", StringComparison.Ordinal)}}', input_names=['input'], output_names=['output'],
                              dynamic_axes=dict(input={0: 'batch'}), opset_version=13, do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE)
            print(','.join(repr(v) for v in m(x).double().flatten().tolist()))
            """);
        var model = Onnx.Import(path);
        float[] pixels = [.. Enumerable.Range(0, 2 * 3 * 9 * 9).Select(i => (i % 17 - 8) / 5f)];
        var expected = said.Split('\n')[^1].Split(',').Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Tolerance.Near(expected, model.Predict(Tensor.FromChannelsFirst(pixels, new Shape(2, 3, 9, 9))).ToArray(), 1e-5, "output");
        Assert.Contains("bn1.running_mean", model.Parameters.Select(p => p.Name));
        Assert.Contains("norm.weight", model.Parameters.Select(p => p.Name));
    }
}
