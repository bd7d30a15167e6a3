using System.Security.Cryptography;
using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class DownloadTests : IDisposable
{
    static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i >> 7))];
    static readonly Checksum Sound = Checksum.Sha256(Convert.ToHexString(SHA256.HashData(Content)));

    readonly TemporaryFolder folder = new();
    readonly FileServer server = new();

    string Target => Path.Combine(folder.Path, "deep", "file.bin");

    string Part => Target + ".part";

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    Task Fetch(Uri uri, Checksum? checksum = null, IProgress<DownloadProgress>? progress = null, CancellationToken token = default) =>
        Download.FileAsync(uri, Target, checksum ?? Sound, progress, token);

    [Fact]
    public async Task A_file_is_fetched_once_and_progress_told()
    {
        var uri = server.Add("file.bin", Content);
        var progress = new Recorder();
        await Fetch(uri, progress: progress);
        await Fetch(uri);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.False(File.Exists(Part));
        Assert.Equal(["/file.bin"], server.Requests);
        Assert.Equal(new DownloadProgress("file.bin", Content.Length, Content.Length), progress.Reports[^1]);
        Assert.Equal(progress.Reports.Order(Comparer<DownloadProgress>.Create((a, b) => a.Received.CompareTo(b.Received))), progress.Reports);
    }

    [Fact]
    public async Task A_broken_download_goes_on_where_it_stopped()
    {
        var uri = server.Add("file.bin", Content);
        server.CutAfter = 100_000;
        var e = await Assert.ThrowsAsync<IOException>(() => Fetch(uri));
        Assert.Contains($"cannot fetch {uri}", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        var have = new FileInfo(Part).Length;
        Assert.InRange(have, 1, 100_000);
        server.CutAfter = null;
        await Fetch(uri);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal(["/file.bin", $"/file.bin bytes={have}-"], server.Requests);
    }

    [Fact]
    public async Task A_server_that_cannot_give_parts_sends_the_whole()
    {
        folder.Write("deep/file.bin.part", Content.AsSpan(..1000));
        server.IgnoresRanges = true;
        await Fetch(server.Add("file.bin", Content));
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_part_that_is_whole_already_is_taken()
    {
        folder.Write("deep/file.bin.part", Content);
        await Fetch(server.Add("file.bin", Content));
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_part_of_another_file_is_thrown_away()
    {
        folder.Write("deep/file.bin.part", [1, 2, 3]);
        await Fetch(server.Add("file.bin", Content));
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal(["/file.bin bytes=3-", "/file.bin"], server.Requests);
    }

    [Fact]
    public async Task A_part_that_is_too_long_is_thrown_away()
    {
        folder.Write("deep/file.bin.part", new byte[Content.Length + 5]);
        await Fetch(server.Add("file.bin", Content));
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_wrong_check_sum_leaves_nothing_behind()
    {
        var uri = server.Add("file.bin", Content);
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => Fetch(uri, Checksum.Md5("00112233445566778899aabbccddeeff")));
        Assert.Contains("its MD5 is not 00112233445566778899aabbccddeeff", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var e = await Assert.ThrowsAsync<IOException>(() => Fetch(new Uri(server.Address + "nothing.bin")));
        Assert.Equal($"cannot fetch {server.Address}nothing.bin: the server answered 404 Not Found", e.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        server.Dispose();
        var e = await Assert.ThrowsAsync<IOException>(() => Fetch(new Uri(server.Address + "file.bin")));
        Assert.StartsWith($"cannot fetch {server.Address}file.bin: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_download_keeps_what_has_come()
    {
        var uri = server.Add("file.bin", Content);
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Fetch(uri, progress: new Canceller(source), token: source.Token));
        Assert.False(File.Exists(Target));
        Assert.InRange(new FileInfo(Part).Length, 1, Content.Length);
        await Fetch(uri);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Many_at_once_fetch_a_file_once()
    {
        var uri = server.Add("file.bin", Content);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Fetch(uri))));
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Single(server.Requests);
    }

    sealed class Recorder : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> Reports { get; } = [];

        public void Report(DownloadProgress value) => Reports.Add(value);
    }

    sealed class Canceller(CancellationTokenSource source) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => source.Cancel();
    }
}
