namespace ResNetSharp.Data;

/// <summary>How far a download has come.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Received">Bytes on disk so far.</param>
/// <param name="Total">Bytes of the whole file, where the server says so.</param>
public readonly record struct DownloadProgress(string File, long Received, long? Total);
