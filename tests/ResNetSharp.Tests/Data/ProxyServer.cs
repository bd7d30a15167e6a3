using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ResNetSharp.Tests.Data;

/// <summary>A proxy on this machine that notes what it is asked for, and refuses it.</summary>
sealed class ProxyServer : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly List<string> requests = [];

    public ProxyServer()
    {
        listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>The first lines of the requests so far.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (requests) return [.. requests];
        }
    }

    public void Dispose() => listener.Dispose();

    async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            catch (IOException)
            {
                // The other side hung up, which is its right.
            }
        }
    }

    async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var first = await reader.ReadLineAsync() ?? "";
        while (await reader.ReadLineAsync() is { Length: > 0 }) { }
        lock (requests) requests.Add(first);
        await stream.WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
    }
}
