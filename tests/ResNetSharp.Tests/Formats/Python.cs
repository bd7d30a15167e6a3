using System.Diagnostics;

namespace ResNetSharp.Tests.Formats;

/// <summary>A Python on this machine, as an independent reader of the files that are written here.</summary>
static class Python
{
    static readonly string[] Programs = ["python3", "/usr/bin/python3"];

    /// <summary>A Python that has some modules, or null.</summary>
    public static string? With(params string[] modules) =>
        Programs.FirstOrDefault(program => TryRun(program, $"import {string.Join(", ", modules)}") is (0, _));

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

/// <summary>A fact that needs Python with some modules: skipped, and said so, where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute(params string[] modules)
    {
        if (Python.With(modules) is null) Skip = $"there is no Python with {string.Join(", ", modules)} on this machine";
    }
}
