using System.Net;
using System.Net.Sockets;

namespace ResNetSharp.Tests.Data;

/// <summary>A small web server on this machine that can misbehave in the ways that downloads have to stand.</summary>
sealed class FileServer : IDisposable
{
    readonly HttpListener listener = new();
    readonly Dictionary<string, byte[]> files = [];
    readonly List<string> requests = [];

    public FileServer()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }
        listener.Prefixes.Add(Address);
        listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Cuts the connection of each answer after this many bytes.</summary>
    public int? CutAfter { get; set; }

    /// <summary>Answers a request for a part with the whole, as simple servers do.</summary>
    public bool IgnoresRanges { get; set; }

    /// <summary>The requests so far: the path, and the range where one was asked for.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (requests) return [.. requests];
        }
    }

    public Uri Add(string name, byte[] content)
    {
        files["/" + name] = content;
        return new Uri(Address + name);
    }

    public void Dispose() => listener.Close();

    async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Answer(context);
        }
    }

    void Answer(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var range = request.Headers["Range"];
        lock (requests) requests.Add(request.Url!.AbsolutePath + (range is null ? "" : " " + range));
        if (!files.TryGetValue(request.Url.AbsolutePath, out var content))
        {
            response.StatusCode = 404;
            response.Close();
            return;
        }
        var from = range is null || IgnoresRanges ? 0 : int.Parse(range["bytes=".Length..].TrimEnd('-'));
        if (from >= content.Length && from > 0)
        {
            response.StatusCode = 416;
            response.Headers["Content-Range"] = $"bytes */{content.Length}";
            response.Close();
            return;
        }
        if (from > 0)
        {
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
        response.ContentLength64 = content.Length - from;
        var count = Math.Min(CutAfter ?? int.MaxValue, content.Length - from);
        response.OutputStream.Write(content, from, count);
        if (count == content.Length - from) response.Close();
        else response.Abort();
    }
}
