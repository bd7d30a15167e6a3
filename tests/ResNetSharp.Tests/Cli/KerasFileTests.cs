namespace ResNetSharp.Tests.Cli;

/// <summary>A whole Keras model on the command line.</summary>
public sealed class KerasFileTests
{
    const string Model = "data/weights/keras/cifar10_ResNet20v1_model.h5";

    [SharedFact(Model, "data/photos/chelsea.png")]
    public void Pictures_are_predicted_with_a_model_that_Keras_saved()
    {
        var run = CommandRun.Of("predict", SharedData.Find("data/photos/chelsea.png")!, "--model", SharedData.Find(Model)!, "--json");
        Assert.Equal(0, run.ExitCode);
        var top = run.Json.GetProperty("predictions")[0].GetProperty("top");
        Assert.Equal(5, top.GetArrayLength());
        Assert.Equal(3, top[0].GetProperty("id").GetInt32()); // a cat
    }

    [SharedFact(Model)]
    public void A_model_that_Keras_saved_is_summarized()
    {
        var run = CommandRun.Of("summary", SharedData.Find(Model)!, "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(273_066, run.Json.GetProperty("parameters").GetInt64());
    }
}
