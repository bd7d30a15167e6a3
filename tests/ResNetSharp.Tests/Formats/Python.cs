using System.Collections.Concurrent;
using System.Diagnostics;

namespace ResNetSharp.Tests.Formats;

/// <summary>A Python on this machine, as an independent reader of the files that are written here.</summary>
static class Python
{
    static readonly string[] Programs = ["python3", "/usr/bin/python3"];

    static readonly ConcurrentDictionary<string, string?> Found = [];

    /// <summary>A Python that has a module, or null.</summary>
    public static string? With(string module) =>
        Found.GetOrAdd(module, static m => Programs.FirstOrDefault(p => TryRun(p, $"import importlib.util; exit(importlib.util.find_spec('{m}') is None)").Code == 0));

    /// <summary>Runs a script and gives what it prints; a failure is the test's.</summary>
    public static string Run(string program, string script)
    {
        var (code, output) = TryRun(program, script);
        Assert.True(code == 0, output);
        return output.Trim();
    }

    static (int Code, string Output) TryRun(string program, string script)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "there is no " + program);
        }
    }
}

/// <summary>A fact that needs Python with a module: skipped, and said so, where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute(string module)
    {
        if (Python.With(module) is null) Skip = $"there is no Python with {module} on this machine";
    }
}
