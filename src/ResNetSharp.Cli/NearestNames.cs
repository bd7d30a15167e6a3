namespace ResNetSharp.Cli;

/// <summary>Finds what somebody may have meant.</summary>
static class NearestNames
{
    /// <summary>", did you mean a, b or c" with the nearest names; empty if none is near.</summary>
    public static string Suggest(string word, IEnumerable<string> names)
    {
        var near = names.Select(name => (Name: name, Distance: Distance(word.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(pair => pair.Distance <= Math.Max(2, word.Length / 2))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal).Take(3).Select(pair => $"'{pair.Name}'").ToList();
        return near switch
        {
            [] => "",
            [var only] => $", did you mean {only}?",
            _ => $", did you mean {string.Join(", ", near[..^1])} or {near[^1]}?",
        };
    }

    /// <summary>How many letters have to be changed, put in or taken out (Levenshtein, 1966).</summary>
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
