using ResNetSharp.Data;
using ResNetSharp.Imaging;
using ResNetSharp.Layers;
using ResNetSharp.Reports;
using ResNetSharp.Training;

namespace ResNetSharp.Cli.Train;

/// <summary>One run of a training, from the data to the last report.</summary>
sealed class TrainRun(Session session, TrainSettings settings, RunFiles files, ResolvedDataset found, bool isResumed)
{
    /// <summary>Trains.</summary>
    /// <exception cref="InterruptedException">It was cancelled, and is saved.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no number any more.</exception>
    public void Run(CancellationToken cancellation)
    {
        var data = TrainData.Prepare(found, settings, TrainModel.PreprocessingOf(settings));
        Introduce(data);
        var model = TrainModel.Create(session, settings, data, cancellation);
        session.Say($"{settings.Model}: {model.ParameterCount:N0} parameters; {Count(settings.Epochs, "epoch")} of {(data.Train.Count + settings.Batch - 1) / settings.Batch} steps, "
            + $"{settings.Batch} pictures a step; {settings.Optimizer}, learning rate {settings.LearningRate} ({settings.Schedule}), augmentation {settings.Augment}, {settings.Precision ?? "fp32"}; files in {files.Folder}");
        Directory.CreateDirectory(files.Folder);
        settings.Save(files.Settings);
        if (isResumed) Resume(model);
        var history = Fit(model, data, cancellation);
        Finish(model, data, history, cancellation);
    }

    void Introduce(TrainData data)
    {
        session.Say($"{found.Description}: {data.Train.Count:N0} pictures of {string.Join('x', data.Train.ElementShape)} in {data.Train.ClassNames.Count} classes to train on, "
            + $"{data.Validation.Count:N0} to validate on");
        if (settings.Limit is not null)
            session.Say($"to be done within about two minutes this takes {data.Train.Count:N0} of {found.Train.Count:N0} pictures and {settings.Epochs} epochs; "
                + $"--data {settings.Data} --epochs 5 takes all");
    }

    void Resume(Model model)
    {
        model.LoadCheckpoint(files.Last);
        var state = model.TrainingState!;
        if (state.Epoch >= settings.Epochs)
            throw new UsageException($"'{files.Folder}' has been trained for all of its {settings.Epochs} epochs; give more with --epochs, or another --out");
        session.Say($"going on after {Done(state)}");
    }

    History Fit(Model model, TrainData data, CancellationToken cancellation)
    {
        using var progress = ProgressDisplay.Create(session);
        History history;
        try
        {
            history = model.Fit(data.Train, settings.Epochs, settings.Batch, data.Validation, seed: settings.Seed,
                callbacks: [files, new EpochLines(session, settings.Epochs, progress)], progress: progress, resume: isResumed, cancellationToken: cancellation);
        }
        catch (TrainingDivergedException e) when (File.Exists(files.Last))
        {
            throw new TrainingDivergedException($"{e.Message}; {files.Last} is as it was after the last whole epoch", e);
        }
        if (cancellation.IsCancellationRequested && model.TrainingState!.Epoch < settings.Epochs)
        {
            files.Save(model, history);
            var state = model.TrainingState;
            throw new InterruptedException($"stopped and saved after {Done(state)}; 'resnet train --resume --out {files.Folder}' goes on");
        }
        return history;
    }

    void Finish(Model model, TrainData data, History history, CancellationToken cancellation)
    {
        var best = RunFiles.BestOf(history);
        model.LoadWeights(files.Best);
        var result = Evaluation.Run(model, data.Test, settings.Batch, null, cancellation);
        var sample = WriteSample(data.TestPictures);
        if (!session.IsQuiet) Show(history, result);
        session.Tell($"accuracy {result.Top1:P2} on {result.Images:N0} pictures{(found.Test is null ? " kept for validation" : " of the test set")}, with the weights of epoch {best.Epoch}");
        session.Say($"to name a picture: resnet predict {sample} --model {files.Best}");
        session.TellJson(json =>
        {
            json.WriteStartArray("epochs");
            foreach (var epoch in history.Epochs) TrainingStateJson.WriteEpoch(json, epoch);
            json.WriteEndArray();
            json.WritePropertyName("best");
            TrainingStateJson.WriteEpoch(json, best);
            json.WriteString("model", files.Best);
            json.WriteString("last", files.Last);
            json.WriteFinite("top1", result.Top1);
            json.WriteFinite("top5", result.Top5);
            json.WriteFinite("loss", result.Loss);
            json.WriteNumber("skipped", found.Skipped.Count);
        });
    }

    void Show(History history, Evaluation result)
    {
        if (history.Epochs.Count > 1)
        {
            session.Say("\nvalidation accuracy by epoch");
            session.Say(TextLineChart.Draw([new LineSeries("validation", history["val_accuracy"])]));
        }
        if (result.Confusion.ClassNames.Count <= 20) session.Say($"\n{result.Confusion}\n");
        foreach (var (actual, predicted, count) in result.Confusion.WorstPairs(3))
            session.Say($"{result.Confusion.ClassNames[actual]} was taken for {result.Confusion.ClassNames[predicted]} {(count == 1 ? "once" : $"{count} times")}");
    }

    /// <summary>A picture that the model can be tried on: a file of the data set, or one that is written beside the model.</summary>
    string WriteSample(Dataset pictures)
    {
        var name = pictures.GetName(0);
        if (File.Exists(name)) return name;
        var shape = pictures.ElementShape;
        var values = new float[shape.Size];
        var random = new RandomSource(settings.Seed);
        pictures.Read(0, ref random, values);
        var pixels = new byte[shape[0] * shape[1] * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)values[shape[2] == 3 ? i : i / 3];
        new Image(shape[1], shape[0], pixels).SavePng(files.Sample);
        return files.Sample;
    }

    static string Done(TrainingState state) => state.Batch == 0 ? Count(state.Epoch, "epoch") : $"{Count(state.Epoch, "epoch")} and {Count(state.Batch, "step")}";

    static string Count(int number, string what) => $"{number:N0} {what}{(number == 1 ? "" : "s")}";
}
