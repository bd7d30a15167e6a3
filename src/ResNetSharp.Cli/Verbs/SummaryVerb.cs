using System.CommandLine;
using ResNetSharp.Layers;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Shows the layers of an architecture and what they cost.</summary>
sealed class SummaryVerb : Verb
{
    readonly Argument<string> model = new("MODEL") { Description = "An architecture ('resnet models' lists them), or a file of a trained model" };
    readonly Option<string?> input = new("--input") { Description = "Height, width and channels of a picture; the architecture's usual ones by default", HelpName = "224x224x3" };
    readonly Option<int?> classes = new("--classes") { Description = "Classes to tell apart; the architecture's usual number by default", HelpName = "N" };

    protected override Command Describe() =>
        new("summary", "Show a network layer by layer: shapes, parameters, multiply-adds") { model, input, classes };

    protected override void Run(Session session, ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(model);
        Shape? given = parsed.GetValue(input) is { } text ? ParseShape(text) : null;
        var choice = ModelChoice.Open(name, parsed.GetValue(classes), given);
        var shape = given ?? choice.InputShape;
        var profile = ModelProfile.Measure(choice.Model, shape);
        if (!session.IsQuiet) PrintLayers(session, profile);
        session.Tell($"{name} for {string.Join('x', shape)}: {profile.Parameters:N0} parameters ({profile.Trainable:N0} trainable), "
            + $"{profile.Statistics:N0} statistics, {profile.MultiplyAdds / 1e9:0.###} GFLOPs (multiply-adds)");
        session.TellJson(json =>
        {
            json.WriteString("model", name);
            json.WriteNumber("parameters", profile.Parameters);
            json.WriteNumber("trainable", profile.Trainable);
            json.WriteNumber("statistics", profile.Statistics);
            json.WriteNumber("flops", profile.MultiplyAdds);
            json.WriteStartArray("layers");
            foreach (var layer in profile.Layers)
            {
                json.WriteStartObject();
                json.WriteString("name", layer.Path);
                json.WriteString("type", layer.Type);
                json.WriteStartArray("shape");
                foreach (var extent in layer.OutputShape.Skip(1)) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteNumber("parameters", layer.Parameters);
                json.WriteNumber("statistics", layer.Statistics);
                json.WriteNumber("flops", layer.MultiplyAdds);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    /// <summary>Reads <c>224x224x3</c>, or <c>224</c> for a square colour picture.</summary>
    internal static Shape ParseShape(string text)
    {
        var parts = text.Split('x');
        var extents = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
            if (!int.TryParse(parts[i], out extents[i]) || extents[i] is < 1 or > 1 << 14)
                throw new UsageException($"'{text}' is not the shape of a picture; give height x width x channels, such as 224x224x3");
        return extents switch
        {
            [var side] => (side, side, 3),
            [var height, var width] => (height, width, 3),
            [_, _, _] => new Shape(extents),
            _ => throw new UsageException($"'{text}' is not the shape of a picture; give height x width x channels, such as 224x224x3"),
        };
    }

    static void PrintLayers(Session session, ModelProfile profile)
    {
        string[] heads = ["Layer", "Type", "Output", "Parameters", "Multiply-adds"];
        var rows = profile.Layers.Select(layer => new[]
        {
            layer.Path.Length == 0 ? "(model)" : layer.Path, layer.Type, string.Join('x', layer.OutputShape.Skip(1)), $"{layer.Parameters:N0}", $"{layer.MultiplyAdds:N0}",
        }).ToList();
        var widths = heads.Select((head, i) => rows.Select(row => row[i].Length).Append(head.Length).Max()).ToArray();
        string Line(string[] cells) => string.Join("  ", cells.Select((cell, i) => i < 3 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])));
        session.Say(Line(heads));
        session.Say(new string('─', widths.Sum() + 2 * (widths.Length - 1)));
        foreach (var row in rows) session.Say(Line(row));
        session.Say("");
    }
}
