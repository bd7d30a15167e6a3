namespace ResNetSharp.Formats;

/// <summary>Writes files that are either complete or not there.</summary>
internal static class AtomicFile
{
    // What the systems call a disk, or a user's share of it, that is full: ENOSPC, EDQUOT, ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
    static readonly int[] fullDisk = OperatingSystem.IsWindows() ? [unchecked((int)0x80070027), unchecked((int)0x80070070)]
        : OperatingSystem.IsMacOS() ? [28, 69]
        : [28, 122];

    /// <summary>
    /// Writes beside the target, flushes to disk and renames. If anything fails, a full disk included, an older file of that name stays as it was.
    /// </summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="size">The expected size, which is reserved first; 0 if unknown.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it, and says what became of an older one.</exception>
    public static void Write(string path, long size, Action<FileStream> write)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}.tmp");
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
        catch (Exception e)
        {
            if (Directory.Exists(folder)) File.Delete(temporary);
            // Its subclasses say what is wrong with the path, such as a folder that does not exist.
            if (e.GetType() != typeof(IOException)) throw;
            var older = File.Exists(full) ? "; the file that was there before is as it was" : "";
            throw new IOException(IsFull((IOException)e, folder, size)
                ? $"cannot write '{path}': the disk is full{older}; make room, or write elsewhere"
                : $"cannot write '{path}': {e.Message.TrimEnd('.')}{older}", e);
        }
    }

    // Where room for a file cannot be reserved, the framework says so in words alone.
    static bool IsFull(IOException error, string folder, long size) =>
        Array.IndexOf(fullDisk, error.HResult) >= 0 || new DriveInfo(folder).AvailableFreeSpace < size;
}
