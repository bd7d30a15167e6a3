using System.Text.Json;
using System.Text.Json.Nodes;

namespace ResNetSharp.Fuzz;

/// <summary>Damages a JSON text so that it stays JSON: a value becomes another, a member goes, an element comes twice.</summary>
static class JsonMutator
{
    static readonly string[] Values =
    [
        "null", "true", "false", "0", "1", "2", "-1", "0.5", "1e308", "-1e308", "1e999", "65536", "1048576", "1048577", "2147483647", "2147483648", "9223372036854775807",
        "\"\"", "\"a\"", "\"same\"", "\"Sequential\"", "\"Functional\"", "\"Concatenate\"", "\"Flatten\"", "\"Dense\"", "\"Lambda\"", "[]", "{}", "[[]]", "[null, null]", "[1, 2, 3]", "[-1]",
    ];

    /// <summary>A damaged copy; the text itself where it is no JSON.</summary>
    public static byte[] Mutate(byte[] text, Random random)
    {
        try
        {
            var root = JsonNode.Parse(text);
            if (root is null) return text;
            for (var round = random.Next(1, 5); round > 0; round--) MutateOnce(root, random);
            return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString());
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return text;
        }
    }

    static void MutateOnce(JsonNode root, Random random)
    {
        var nodes = new List<JsonNode>();
        Collect(root, nodes);
        if (nodes.Count == 0) return;
        var chosen = nodes[random.Next(nodes.Count)];
        var other = nodes[random.Next(nodes.Count)].DeepClone();
        switch (chosen.Parent)
        {
            case JsonObject parent when random.Next(6) == 0:
                parent.Remove(chosen.GetPropertyName());
                break;
            case JsonObject parent:
                parent[chosen.GetPropertyName()] = Replacement(other, random);
                break;
            case JsonArray parent when random.Next(4) == 0:
                parent.RemoveAt(chosen.GetElementIndex());
                break;
            case JsonArray parent when random.Next(3) == 0:
                for (var i = random.Next(1, 4); i > 0; i--) parent.Add(chosen.DeepClone());
                break;
            case JsonArray parent:
                parent[chosen.GetElementIndex()] = Replacement(other, random);
                break;
        }
    }

    static JsonNode? Replacement(JsonNode other, Random random) => random.Next(3) == 0 ? other : JsonNode.Parse(Values[random.Next(Values.Length)]);

    static void Collect(JsonNode node, List<JsonNode> nodes)
    {
        if (node is JsonObject members)
        {
            foreach (var (_, value) in members) Add(value, nodes);
        }
        else if (node is JsonArray elements)
        {
            foreach (var value in elements) Add(value, nodes);
        }
    }

    static void Add(JsonNode? value, List<JsonNode> nodes)
    {
        if (value is null) return;
        nodes.Add(value);
        Collect(value, nodes);
    }
}
