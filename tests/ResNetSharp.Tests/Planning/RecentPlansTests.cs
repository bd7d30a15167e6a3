using ResNetSharp.Layers;
using ResNetSharp.Planning;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Planning;

public sealed class RecentPlansTests
{
    [Fact]
    public void The_plan_that_was_not_used_for_longest_goes()
    {
        var plans = new RecentPlans<Shape, string>(3);
        for (var i = 1; i <= 3; i++) Assert.Equal($"{i}", plans.Add(new Shape(i), $"{i}"));
        Assert.Equal("1", plans.Find(new Shape(1)));
        plans.Add(new Shape(4), "4");
        Assert.Equal(3, plans.Count);
        Assert.Null(plans.Find(new Shape(2)));
        Assert.Equal(["1", "3", "4"], new[] { 1, 3, 4 }.Select(i => plans.Find(new Shape(i))));
    }

    [Fact]
    public void A_model_that_sees_pictures_of_many_sizes_keeps_few_plans_and_answers_as_before()
    {
        var input = Tensor.Input(Shape.Unknown, Shape.Unknown, 3);
        var model = new Model(input, input.Conv2D(4, 3).GlobalAveragePooling2D().Dense(2));
        var first = model.Predict(Tensor.RandomNormal(new Shape(1, 8, 8, 3), 1)).ToArray();
        for (var size = 9; size < 9 + (2 * CompiledModel.KeptPlans); size++) model.Predict(Tensor.RandomNormal(new Shape(1, size, size, 3), 1));
        Assert.Equal(CompiledModel.KeptPlans, model.PredictionPlans);
        Assert.Equal(first, model.Predict(Tensor.RandomNormal(new Shape(1, 8, 8, 3), 1)).ToArray());
    }
}
