using System.Text;

namespace ResNetSharp.Reports;

/// <summary>How often pictures of each class were taken for each class.</summary>
/// <param name="classNames">The names of the classes, in the order of their numbers.</param>
public sealed class ConfusionMatrix(IReadOnlyList<string> classNames)
{
    readonly long[,] counts = new long[classNames.Count, classNames.Count];

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> ClassNames => classNames;

    /// <summary>How many pictures of one class were taken for another.</summary>
    /// <param name="actual">What they are.</param>
    /// <param name="predicted">What they were taken for.</param>
    public long this[int actual, int predicted] => counts[actual, predicted];

    /// <summary>Pictures counted.</summary>
    public long Total { get; private set; }

    /// <summary>The part of all pictures that was recognised; NaN before the first picture.</summary>
    public double Accuracy => (double)Enumerable.Range(0, classNames.Count).Sum(c => counts[c, c]) / Total;

    /// <summary>Counts a picture.</summary>
    /// <param name="actual">What it is.</param>
    /// <param name="predicted">What it was taken for.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public void Add(int actual, int predicted)
    {
        CheckClass(actual, nameof(actual));
        CheckClass(predicted, nameof(predicted));
        counts[actual, predicted]++;
        Total++;
    }

    /// <summary>The part of a class's pictures that was recognised (its recall); NaN without any.</summary>
    /// <param name="actual">The class.</param>
    public double Recall(int actual) => (double)counts[actual, actual] / Row(actual);

    /// <summary>The part of the pictures taken for a class that are of it (its precision); NaN without any.</summary>
    /// <param name="predicted">The class.</param>
    public double Precision(int predicted) =>
        (double)counts[predicted, predicted] / Enumerable.Range(0, classNames.Count).Sum(c => counts[c, predicted]);

    /// <summary>The pairs of classes that were confused most often, worst first.</summary>
    /// <param name="most">How many pairs at most.</param>
    public IReadOnlyList<(int Actual, int Predicted, long Count)> WorstPairs(int most) =>
    [
        .. Enumerable.Range(0, classNames.Count)
            .SelectMany(a => Enumerable.Range(0, classNames.Count).Select(p => (Actual: a, Predicted: p, Count: counts[a, p])))
            .Where(pair => pair.Actual != pair.Predicted && pair.Count > 0)
            .OrderByDescending(pair => pair.Count).Take(most),
    ];

    /// <summary>A table: a row for each class that pictures are of, a column for each class they were taken for, and the part recognised.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var name = Math.Max(classNames.Max(n => n.Length), "is \\ taken for".Length);
        var digits = Math.Max(3, $"{counts.Cast<long>().Max()}".Length);
        text.Append("is \\ taken for".PadRight(name));
        for (var c = 0; c < classNames.Count; c++) text.Append(' ').Append($"{c}".PadLeft(digits));
        text.AppendLine("  recognised");
        for (var a = 0; a < classNames.Count; a++)
        {
            text.Append(classNames[a].PadRight(name));
            for (var p = 0; p < classNames.Count; p++) text.Append(' ').Append((counts[a, p] == 0 ? "." : $"{counts[a, p]}").PadLeft(digits));
            text.Append($"  {(Row(a) == 0 ? "-" : $"{Recall(a):P1}"),10}  {a}");
            if (a + 1 < classNames.Count) text.AppendLine();
        }
        return text.ToString();
    }

    long Row(int actual) => Enumerable.Range(0, classNames.Count).Sum(p => counts[actual, p]);

    void CheckClass(int number, string parameter)
    {
        if ((uint)number >= (uint)classNames.Count)
            throw new ArgumentOutOfRangeException(parameter, $"there is no class {number}: there are {classNames.Count}");
    }
}
