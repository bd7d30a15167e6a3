namespace ResNetSharp.Tests;

/// <summary>Finds the folder of reference data (<c>shared</c> beside the checkout), which a user's machine does not have.</summary>
static class SharedData
{
    /// <summary>The folder, or null where this machine has none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>The full path of a file or folder below the shared folder, or null where it is absent.</summary>
    public static string? Find(string relative)
    {
        if (Root is null) return null;
        var path = Path.Combine(Root, relative);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared");
            if (File.Exists(Path.Combine(candidate, "goldens.json"))) return candidate;
        }
        return null;
    }
}

/// <summary>A fact that needs reference data: skipped, and said so, where the data is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(params string[] needs)
    {
        var missing = needs.FirstOrDefault(n => SharedData.Find(n) is null);
        if (missing is not null) Skip = $"reference data '{missing}' is not on this machine";
    }
}

/// <summary>A theory that needs reference data: skipped, and said so, where the data is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute(params string[] needs)
    {
        var missing = needs.FirstOrDefault(n => SharedData.Find(n) is null);
        if (missing is not null) Skip = $"reference data '{missing}' is not on this machine";
    }
}
