using System.Text.RegularExpressions;

namespace ResNetSharp.Formats;

/// <summary>Names that published PyTorch checkpoints have from before their networks were renamed.</summary>
internal static partial class FormerNames
{
    /// <summary>Today's name of a tensor: a DenseNet's <c>denselayer1.norm.1.weight</c> became <c>denselayer1.norm1.weight</c>.</summary>
    public static string ToCurrent(string name) => DenseLayer().Replace(name, "$1$2");

    [GeneratedRegex(@"^(.*denselayer\d+\.(?:norm|relu|conv))\.((?:[12])\.(?:weight|bias|running_mean|running_var))$")]
    private static partial Regex DenseLayer();
}
