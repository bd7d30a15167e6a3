using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ResNetSharp.Benchmarks;

/// <summary>
/// Processor time of the calling thread, which other processes on a busy machine do not add to; elapsed time where the system has no such clock.
/// </summary>
static unsafe partial class ThreadClock
{
    const int ThreadProcessorTime = 3;

    public static double Seconds
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
            long* time = stackalloc long[2];
            _ = GetTime(ThreadProcessorTime, time);
            return time[0] + time[1] * 1e-9;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, long* time);
}
