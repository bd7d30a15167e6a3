using System.Text;

namespace ResNetSharp.Models;

/// <summary>How Keras 3 names the groups of layers.</summary>
internal static class KerasNames
{
    /// <summary>The group of the next layer of a class: <c>conv2d</c>, <c>conv2d_1</c>, ...</summary>
    /// <param name="used">How many there were of each class.</param>
    /// <param name="className">The class.</param>
    public static string Next(Dictionary<string, int> used, string className)
    {
        var name = SnakeCase(className);
        var count = used.GetValueOrDefault(name);
        used[name] = count + 1;
        return count == 0 ? name : $"{name}_{count}";
    }

    /// <summary>BatchNormalization becomes batch_normalization, Conv2D conv2d, ReLU re_lu.</summary>
    public static string SnakeCase(string className)
    {
        var text = new StringBuilder();
        for (var i = 0; i < className.Length; i++)
        {
            var begins = i > 0 && char.IsAsciiLetterUpper(className[i])
                && (char.IsAsciiLetterLower(className[i - 1]) || i + 1 < className.Length && char.IsAsciiLetterLower(className[i + 1]));
            if (begins) text.Append('_');
            text.Append(char.ToLowerInvariant(className[i]));
        }
        return text.ToString();
    }
}
