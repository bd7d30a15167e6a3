namespace ResNetSharp.Data;

/// <summary>Lets one process at a time do something, by a file that only one can have open.</summary>
static class LockFile
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until nobody else holds the file.</summary>
    /// <returns>What to dispose in order to let the next one in; the system does it for a process that dies. The file itself stays.</returns>
    public static async Task<IDisposable> TakeAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
