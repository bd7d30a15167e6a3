using System.Text;

namespace ResNetSharp.Layers;

/// <summary>The table of layers that Keras prints.</summary>
internal sealed class ModelSummary
{
    readonly List<(string Name, string Shape, string Parameters)> rows = [];
    readonly Model model;

    public ModelSummary(Model model, FunctionalGraph? graph)
    {
        this.model = model;
        if (graph is not null)
        {
            rows.Add(("input_layer (InputLayer)", $"{graph.InputShape}", "0"));
            foreach (var layer in graph.Layers) Add(layer.Name!, layer, graph.OutputShape(layer));
        }
        else
        {
            foreach (var (name, layer) in model.Children) Add(layer.Name ?? name, layer, layer.OutputShape);
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"Model: \"{model.Name ?? model.TypeName}\"");
        var name = Math.Max("Layer (type)".Length, rows.Max(r => r.Name.Length));
        var shape = Math.Max("Output Shape".Length, rows.Max(r => r.Shape.Length));
        var parameters = Math.Max("Param #".Length, rows.Max(r => r.Parameters.Length));
        string Line(char left, char fill, char middle, char right) =>
            $"{left}{new string(fill, name + 2)}{middle}{new string(fill, shape + 2)}{middle}{new string(fill, parameters + 2)}{right}";
        text.AppendLine(Line('┏', '━', '┳', '┓'));
        text.AppendLine($"┃ {"Layer (type)".PadRight(name)} ┃ {"Output Shape".PadRight(shape)} ┃ {"Param #".PadLeft(parameters)} ┃");
        text.AppendLine(Line('┡', '━', '╇', '┩'));
        for (var i = 0; i < rows.Count; i++)
        {
            text.AppendLine($"│ {rows[i].Name.PadRight(name)} │ {rows[i].Shape.PadRight(shape)} │ {rows[i].Parameters.PadLeft(parameters)} │");
            text.AppendLine(i + 1 < rows.Count ? Line('├', '─', '┼', '┤') : Line('└', '─', '┴', '┘'));
        }
        var total = model.Parameters.Sum(p => p.Shape.Size);
        var trainable = model.TrainableParameters.Sum(p => p.Shape.Size);
        text.AppendLine($" Total params: {total:N0} ({Bytes(total)})");
        text.AppendLine($" Trainable params: {trainable:N0} ({Bytes(trainable)})");
        text.Append($" Non-trainable params: {total - trainable:N0} ({Bytes(total - trainable)})");
        return text.ToString();
    }

    void Add(string name, Layer layer, Shape? shape) =>
        rows.Add(($"{name} ({layer.TypeName})", $"{shape?.ToString() ?? "?"}", $"{layer.Parameters.Sum(p => p.Shape.Size):N0}"));

    /// <summary>The size of float32 numbers in Keras' units.</summary>
    static string Bytes(long numbers)
    {
        double size = numbers * sizeof(float);
        foreach (var unit in new[] { "B", "KB", "MB" })
        {
            if (size < 1024) return $"{size:F2} {unit}";
            size /= 1024;
        }
        return $"{size:F2} GB";
    }
}
