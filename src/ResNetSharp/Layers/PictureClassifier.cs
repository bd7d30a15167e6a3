using ResNetSharp.Cpu;
using ResNetSharp.Imaging;
using ResNetSharp.Models;

namespace ResNetSharp.Layers;

/// <summary>Takes pictures through a model and ranks what it gives.</summary>
internal sealed class PictureClassifier
{
    readonly Model model;
    readonly Preprocessing preprocessing;
    readonly int top;

    /// <summary>Checks that the model can be asked.</summary>
    /// <exception cref="InvalidOperationException">It does not know how pictures become its inputs.</exception>
    public PictureClassifier(Model model, int top)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        this.model = model;
        this.top = top;
        preprocessing = model.Preprocessing ?? throw new InvalidOperationException(
            "the model does not know how pictures become its inputs; set its Preprocessing, such as Preprocessing.Torchvision for torchvision's weights");
    }

    /// <summary>The classes of one picture.</summary>
    public IReadOnlyList<Classification> Classify(Image picture)
    {
        var (shape, numbers) = Prepare(picture);
        return Rank(model.Predict(Tensor.From(numbers, new Shape([1, .. shape]))))[0];
    }

    /// <summary>The classes of some picture files, which are decoded side by side.</summary>
    public IReadOnlyList<PictureClassification> Classify(string[] paths, CancellationToken cancellationToken)
    {
        var inputs = new (Shape Shape, float[] Numbers)?[paths.Length];
        var results = new PictureClassification[paths.Length];
        // The first time, generating code and packing weights take longer than decoding.
        var ready = preprocessing.FixedSize is var (height, width)
            ? Task.Run(() => model.PreparePrediction(new Shape(paths.Length, height, width, preprocessing.Channels)), cancellationToken)
            : Task.CompletedTask;
        Parallel.For(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = Processor.Threads, CancellationToken = cancellationToken }, i =>
        {
            try
            {
                inputs[i] = Prepare(Image.Load(paths[i]));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                results[i] = new PictureClassification(paths[i], [], e.Message);
            }
        });
        // Without resizing, pictures of several sizes may stand side by side.
        foreach (var group in Enumerable.Range(0, paths.Length).Where(i => inputs[i] is not null).GroupBy(i => inputs[i]!.Value.Shape))
        {
            // If the model does not take such inputs, this fails as the prediction would.
            ready.GetAwaiter().GetResult();
            int[] members = [.. group];
            var numbers = new float[members.Length * group.Key.Size];
            for (var row = 0; row < members.Length; row++) inputs[members[row]]!.Value.Numbers.CopyTo(numbers, row * group.Key.Size);
            var ranked = Rank(model.Predict(Tensor.From(numbers, new Shape([members.Length, .. group.Key]))));
            for (var row = 0; row < members.Length; row++) results[members[row]] = new PictureClassification(paths[members[row]], ranked[row], null);
        }
        return results;
    }

    (Shape Shape, float[] Numbers) Prepare(Image picture)
    {
        var (height, width) = preprocessing.OutputSize(picture.Width, picture.Height);
        var shape = new Shape(height, width, preprocessing.Channels);
        var numbers = new float[shape.Size];
        preprocessing.Apply(picture, numbers);
        return (shape, numbers);
    }

    List<IReadOnlyList<Classification>> Rank(Tensor output)
    {
        if (output.Shape.Rank != 2)
            throw new InvalidOperationException($"the model is no classifier: it gives {output.Shape} where (batch, classes) belongs");
        var classes = output.Shape[1];
        IReadOnlyList<string> names = model.ClassNames.Count == 0 && classes == ImageNet.ClassNames.Count ? ImageNet.ClassNames : model.ClassNames;
        var wordNet = ImageNet.AreClassNames(names) ? ImageNet.WordNetIds : null;
        var rows = output.ToArray();
        var ranked = new List<IReadOnlyList<Classification>>(output.Shape[0]);
        for (var begin = 0; begin < rows.Length; begin += classes)
        {
            var row = rows.AsSpan(begin, classes);
            if (!model.EndsInSoftmax()) Softmax(row);
            var best = new List<Classification>();
            foreach (var (index, value) in Ranking.Best(row, top)) best.Add(new Classification(index, index < names.Count ? names[index] : $"{index}", wordNet?[index], value));
            ranked.Add(best);
        }
        return ranked;
    }

    // Plain loops, which are compiled with the program; vectors would be compiled at the first picture and save microseconds.
    static void Softmax(Span<float> row)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in row) largest = MathF.Max(largest, value);
        var sum = 0.0;
        foreach (ref var value in row)
        {
            value = MathF.Exp(value - largest);
            sum += value;
        }
        foreach (ref var value in row) value = (float)(value / sum);
    }
}
