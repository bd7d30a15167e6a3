using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ResNetSharp.Tests.Data;

namespace ResNetSharp.Tests.Cli;

/// <summary>
/// Downloads go by the proxy that the environment names. The program runs in a process of its own, since a process asks for its proxies once.
/// </summary>
public sealed class ProxyTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ProxyServer proxy = new();

    public void Dispose()
    {
        proxy.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Weights_are_asked_of_the_proxy()
    {
        var error = Fails(("HTTPS_PROXY", proxy.Address), "predict", folder.Write("x.png", [1]), "--model", "resnet18", "--weights", "imagenet");
        Assert.StartsWith("CONNECT download.pytorch.org:443 ", Assert.Single(proxy.Requests), StringComparison.Ordinal);
        AssertTells(error, "https://download.pytorch.org/models/resnet18-f37072fd.pth", proxy.Address, "403");
    }

    [Fact]
    public void Data_sets_are_asked_of_the_proxy()
    {
        var error = Fails(("http_proxy", proxy.Address), "train", "--data", "fashion-mnist", "--epochs", "1");
        Assert.StartsWith("GET http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", Assert.Single(proxy.Requests), StringComparison.Ordinal);
        AssertTells(error, "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", proxy.Address, "403");
    }

    [Fact]
    public void A_proxy_that_cannot_be_reached_is_named_in_one_sentence()
    {
        var nowhere = Unreachable();
        AssertTells(Fails(("HTTPS_PROXY", nowhere), "predict", folder.Write("x.png", [1]), "--model", "resnet18", "--weights", "imagenet"),
            "https://download.pytorch.org/", $"by the proxy {nowhere}", "HTTPS_PROXY", "refused");
        AssertTells(Fails(("http_proxy", nowhere), "train", "--data", "fashion-mnist"), "http://fashion-mnist.", $"by the proxy {nowhere}", "refused");
    }

    static void AssertTells(string error, params string[] words)
    {
        var line = Assert.Single(error.TrimEnd().Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
        foreach (var word in words) Assert.Contains(word, line, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Runs the program with empty folders and what it says on standard error.</summary>
    string Fails((string Name, string Value) variable, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "resnet.dll"), .. arguments, "--quiet"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder.Path,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        foreach (var name in new[] { "HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME", "TORCH_HOME", "RESNETSHARP_DATA" }) start.Environment[name] = folder.Path;
        start.Environment.Remove("RESNETSHARP_OFFLINE");
        start.Environment[variable.Name] = variable.Value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.Equal("", output.Result);
        return error;
    }

    /// <summary>An address where nobody listens.</summary>
    static string Unreachable()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
    }
}
