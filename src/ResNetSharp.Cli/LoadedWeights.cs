using ResNetSharp.Layers;

namespace ResNetSharp.Cli;

/// <summary>Weights that a user gave a model.</summary>
static class LoadedWeights
{
    /// <summary>Loads a weight file, all of it or what fits, and says in full what did not.</summary>
    /// <param name="session">Where to say it.</param>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="isPartial">Whether some of it may be missing, left over or of another shape.</param>
    public static void Into(Session session, Model model, string path, bool isPartial)
    {
        if (!isPartial)
        {
            try
            {
                model.LoadWeights(path);
            }
            catch (InvalidDataException e) when (e.Message.Contains("load it as partial", StringComparison.Ordinal))
            {
                throw new UsageException($"{e.Message}, with --partial");
            }
            return;
        }
        var report = model.LoadWeights(path, strict: false);
        if (report.Loaded == 0) throw new UsageException($"nothing in '{path}' fits {model.Name}: {report}");
        session.Say($"{path}: {report.Loaded} tensors loaded{(report.IsComplete ? "" : $"; {report}")}");
    }
}
