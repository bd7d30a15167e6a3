using System.CommandLine;
using ResNetSharp.Layers;
using ResNetSharp.Models;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Lists the architectures.</summary>
sealed class ModelsVerb : Verb
{
    readonly Argument<string?> filter = new("FILTER") { Description = "Only names that contain this", Arity = ArgumentArity.ZeroOrOne };

    protected override Command Describe() => new("models", "List the architectures with their parameters and multiply-adds") { filter };

    protected override void Run(Session session, ParseResult parsed)
    {
        var part = parsed.GetValue(filter) ?? "";
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
