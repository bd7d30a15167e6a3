using System.Net;
using System.Net.Http.Headers;

namespace ResNetSharp.Data;

/// <summary>
/// Fetches files from the net. A file appears under its name only when it is whole and checked; until then it is <c>NAME.part</c>, and
/// another attempt goes on where the last one stopped. Processes that want the same file wait for each other.
/// </summary>
static class Download
{
    static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>How long a server may be silent.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Fetches a file unless it is there.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="destination">The path to give it; folders are made.</param>
    /// <param name="checksum">What it must hash to; null where the publisher gives nothing.</param>
    /// <param name="progress">Is told about it.</param>
    /// <param name="cancellationToken">Ends it; what has come stays for the next attempt.</param>
    /// <param name="replacesDamaged">Whether a file that is there is checked, too, and fetched again if it is damaged.</param>
    /// <exception cref="IOException">The server refused or the connection broke.</exception>
    /// <exception cref="InvalidDataException">The file is not what was published.</exception>
    public static async Task FileAsync(
        Uri source, string destination, Checksum? checksum, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken,
        bool replacesDamaged = false)
    {
        if (File.Exists(destination) && !replacesDamaged) return;
        var folder = Path.GetDirectoryName(Path.GetFullPath(destination))!;
        Directory.CreateDirectory(folder);
        using var held = await LockFile.TakeAsync(Path.Combine(folder, ".lock"), cancellationToken).ConfigureAwait(false);
        if (File.Exists(destination))
        {
            if (!replacesDamaged || await IsSoundAsync(destination, checksum, cancellationToken).ConfigureAwait(false)) return;
            File.Delete(destination);
        }
        var part = destination + ".part";
        var resumed = File.Exists(part);
        await FetchAsync(source, part, progress, cancellationToken).ConfigureAwait(false);
        var sound = await IsSoundAsync(part, checksum, cancellationToken).ConfigureAwait(false);
        if (!sound && resumed)
        {
            // The file may have changed on the server between the two halves.
            File.Delete(part);
            await FetchAsync(source, part, progress, cancellationToken).ConfigureAwait(false);
            sound = await IsSoundAsync(part, checksum, cancellationToken).ConfigureAwait(false);
        }
        if (!sound)
        {
            File.Delete(part);
            throw new InvalidDataException($"{source} is not the published file: its {checksum!.Algorithm} {checksum.Expectation}; try again later");
        }
        File.Move(part, destination, overwrite: true);
    }

    static async Task<bool> IsSoundAsync(string file, Checksum? checksum, CancellationToken cancellationToken) =>
        checksum is null || await checksum.MatchesAsync(file, cancellationToken).ConfigureAwait(false);

    static async Task FetchAsync(Uri source, string part, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(Patience);
        try
        {
            var have = File.Exists(part) ? new FileInfo(part).Length : 0;
            using var response = await AskAsync(source, have, silence.Token).ConfigureAwait(false);
            if (have > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                if (response.Content.Headers.ContentRange?.Length == have) return;
                // The part is longer than the file: it belongs to something else.
                File.Delete(part);
                await FetchAsync(source, part, progress, cancellationToken).ConfigureAwait(false);
                return;
            }
            if (!response.IsSuccessStatusCode)
                throw new IOException($"cannot fetch {source}{Way(source)}: the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
            var goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            await CopyAsync(source, response, part, goesOn ? have : 0, progress, silence).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"cannot fetch {source}{Way(source)}: the server was silent for {Patience.TotalSeconds} seconds; try again to go on");
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"cannot fetch {source}{Way(source)}: {e.Message}", e);
        }
    }

    /// <summary>Says that a request goes by a proxy, if it does: the error is then the proxy's more often than the server's.</summary>
    static string Way(Uri source)
    {
        var proxies = HttpClient.DefaultProxy;
        return !proxies.IsBypassed(source) && proxies.GetProxy(source) is { } proxy && proxy != source
            ? $" by the proxy {proxy.GetLeftPart(UriPartial.Authority)} (HTTP_PROXY, HTTPS_PROXY and NO_PROXY decide that)"
            : "";
    }

    static async Task<HttpResponseMessage> AskAsync(Uri source, long have, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, source);
        if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    static async Task CopyAsync(
        Uri source, HttpResponseMessage response, string part, long have, IProgress<DownloadProgress>? progress, CancellationTokenSource silence)
    {
        var total = have + response.Content.Headers.ContentLength;
        var name = Path.GetFileNameWithoutExtension(part);
        var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        var file = new FileStream(part, have > 0 ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
        await using (body.ConfigureAwait(false))
        await using (file.ConfigureAwait(false))
        {
            var buffer = new byte[1 << 16];
            for (int count; (count = await ReadAsync(source, body, buffer, silence.Token).ConfigureAwait(false)) > 0;)
            {
                await file.WriteAsync(buffer.AsMemory(0, count), silence.Token).ConfigureAwait(false);
                have += count;
                progress?.Report(new DownloadProgress(name, have, total));
                silence.CancelAfter(Patience);
            }
        }
        if (total is { } promised && have != promised)
            throw new IOException($"cannot fetch {source}: the connection ended after {have} of {promised} bytes; try again to go on");
    }

    static async ValueTask<int> ReadAsync(Uri source, Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpIOException or IOException)
        {
            throw new IOException($"cannot fetch {source}: {e.Message}; try again to go on", e);
        }
    }
}
