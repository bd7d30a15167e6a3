namespace ResNetSharp.Tests.Cli;

public sealed class SummaryTests
{
    [Theory]
    [InlineData("resnet50", 25_557_032, 53_120, 4.0892)]
    [InlineData("cifar-resnet20", 269_722, 1_376, 0.0406)]
    public void Counts_are_those_of_the_reference_implementations(string model, long parameters, long statistics, double gigaFlops)
    {
        var json = CommandRun.Of("summary", model, "--json", "--quiet").Json;
        Assert.Equal(parameters, json.GetProperty("parameters").GetInt64());
        Assert.Equal(parameters, json.GetProperty("trainable").GetInt64());
        Assert.Equal(statistics, json.GetProperty("statistics").GetInt64());
        Assert.Equal(gigaFlops, json.GetProperty("flops").GetInt64() / 1e9, 4);
        Assert.Equal(parameters, json.GetProperty("layers").EnumerateArray().Sum(layer => layer.GetProperty("parameters").GetInt64()));
    }

    [Fact]
    public void The_input_and_the_number_of_classes_can_be_given()
    {
        var layers = CommandRun.Of("summary", "resnet18", "--input", "64x48x1", "--classes", "7", "--json").Json.GetProperty("layers");
        Assert.Equal([32, 24, 64], layers[0].GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()));
        Assert.Equal(7, layers[layers.GetArrayLength() - 1].GetProperty("shape")[0].GetInt32());
    }

    [Fact]
    public void The_list_of_models_can_be_filtered()
    {
        var names = CommandRun.Of("models", "d2l", "--json").Json.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString());
        Assert.Equal(["d2l-resnet18"], names);
    }
}
