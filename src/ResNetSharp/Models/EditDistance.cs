namespace ResNetSharp.Models;

/// <summary>How many letters have to be put in, taken out or changed to turn one word into another (Levenshtein, 1966).</summary>
internal static class EditDistance
{
    public static int Between(string first, string second)
    {
        var row = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 0; i < first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var k = 0; k < second.Length; k++)
            {
                var changed = diagonal + (first[i] == second[k] ? 0 : 1);
                diagonal = row[k + 1];
                row[k + 1] = Math.Min(changed, Math.Min(row[k], row[k + 1]) + 1);
            }
        }
        return row[^1];
    }
}
