namespace ResNetSharp.Formats;

/// <summary>Writes files that are either complete or not there.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes beside the target, flushes to disk and renames. If anything fails, a full disk included, an older file of that name stays as it was.
    /// </summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="size">The expected size, which is reserved first; 0 if unknown.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, long size, Action<FileStream> write)
    {
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}.tmp");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 1 << 16,
                PreallocationSize = size,
            };
            using (var stream = new FileStream(temporary, options))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
