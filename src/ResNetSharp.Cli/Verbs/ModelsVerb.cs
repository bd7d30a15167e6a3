using System.CommandLine;
using System.Text.Json;
using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Lists the architectures.</summary>
sealed class ModelsVerb : Verb
{
    readonly Argument<string?> filter = new("FILTER") { Description = "Only names that contain this", Arity = ArgumentArity.ZeroOrOne };

    readonly Option<bool> weights = new("--weights") { Description = "List published weights instead: size, reported accuracy, licence" };

    protected override Command Describe() => new("models", "List the architectures with their parameters and multiply-adds, or the published weights") { filter, weights };

    protected override void Run(Session session, ParseResult parsed)
    {
        var part = parsed.GetValue(filter) ?? "";
        if (parsed.GetValue(weights)) ListWeights(session, part);
        else ListArchitectures(session, part);
    }

    static void ListWeights(Session session, string part)
    {
        var known = Weights.All.Where(entry => entry.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
        if (known.Count == 0) throw new UsageException($"no published weights have '{part}' in their name; 'resnet models --weights' lists all");
        var width = known.Max(entry => entry.Name.Length);
        session.Tell($"{"weights".PadRight(width)}  {"classes",-8}  {"MB",6}  {"top-1",6}  {"top-5",6}  licence");
        foreach (var entry in known)
            session.Tell($"{entry.Name.PadRight(width)}  {entry.TrainedOn,-8}  {entry.Bytes / 1e6,6:F1}  {entry.Top1 * 100,6:F2}  {entry.Top5 * 100,6:F2}  {entry.Licence}".TrimEnd());
        session.Say("what is left open, the publisher does not say; 'resnet predict cat.jpg --model NAME' fetches the file, checks it and keeps it");
        session.TellJson(json =>
        {
            json.WriteStartArray("weights");
            foreach (var entry in known) Write(json, entry);
            json.WriteEndArray();
        });
    }

    static void Write(Utf8JsonWriter json, PretrainedWeights entry)
    {
        json.WriteStartObject();
        json.WriteString("name", entry.Name);
        json.WriteString("architecture", entry.Architecture);
        json.WriteString("url", entry.Source?.AbsoluteUri);
        if (entry.Sha256 is not null) json.WriteString("sha256", entry.Sha256);
        if (entry.Md5 is not null) json.WriteString("md5", entry.Md5);
        if (entry.Bytes is { } bytes) json.WriteNumber("bytes", bytes);
        json.WriteString("licence", entry.Licence);
        if (entry.Top1 is { } top1) json.WriteNumber("top1", Math.Round(top1, 5));
        if (entry.Top5 is { } top5) json.WriteNumber("top5", Math.Round(top5, 5));
        json.WriteString("trainedOn", entry.TrainedOn);
        json.WriteBoolean("includesTop", entry.IncludesTop);
        json.WriteEndObject();
    }

    static void ListArchitectures(Session session, string part)
    {
        var known = Architectures.All.Where(architecture => architecture.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
        if (known.Count == 0) throw new UsageException($"no architecture has '{part}' in its name; 'resnet models' lists all");
        var width = known.Max(architecture => architecture.Name.Length);
        session.Tell($"{"model".PadRight(width)}  {"input",-9}  {"parameters",12}  {"GFLOPs",8}");
        var profiles = new List<(string Name, Shape Input, ModelProfile Profile)>();
        foreach (var architecture in known)
        {
            var (name, input) = (architecture.Name, architecture.InputShape);
            var profile = ModelProfile.Measure(architecture.Create(), input);
            profiles.Add((name, input, profile));
            session.Tell($"{name.PadRight(width)}  {string.Join('x', input),-9}  {profile.Parameters,12:N0}  {profile.MultiplyAdds / 1e9,8:0.000}");
        }
        session.TellJson(json =>
        {
            json.WriteStartArray("models");
            foreach (var (name, input, profile) in profiles)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("input", string.Join('x', input));
                json.WriteNumber("parameters", profile.Parameters);
                json.WriteNumber("gflops", Math.Round(profile.MultiplyAdds / 1e9, 4));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }
}
