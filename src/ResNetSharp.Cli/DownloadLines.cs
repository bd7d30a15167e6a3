using ResNetSharp.Data;

namespace ResNetSharp.Cli;

/// <summary>Says how a download gets on, every few seconds.</summary>
sealed class DownloadLines(Session session) : IProgress<DownloadProgress>
{
    const long Interval = 2000;

    long last = Environment.TickCount64;

    /// <inheritdoc/>
    public void Report(DownloadProgress value)
    {
        if (Environment.TickCount64 - last < Interval && value.Received != value.Total) return;
        last = Environment.TickCount64;
        var total = value.Total is { } bytes ? $" of {bytes / 1e6:F1}" : "";
        session.Say($"downloading {value.File}: {value.Received / 1e6:F1}{total} MB");
    }
}
