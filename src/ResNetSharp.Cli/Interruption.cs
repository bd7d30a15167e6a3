using System.Runtime.InteropServices;

namespace ResNetSharp.Cli;

/// <summary>Turns the first Ctrl-C (or a polite request to end) into a cancellation; the second ends the process at once.</summary>
sealed class Interruption : IDisposable
{
    readonly CancellationTokenSource source;
    readonly PosixSignalRegistration[] registrations;

    /// <summary>Listens until disposed.</summary>
    /// <param name="session">Is told of the first request, and may itself be stopped.</param>
    /// <param name="message">What it is told.</param>
    public Interruption(Session session, string message)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(session.Stop);
        registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, context => Handle(context, () => session.Warn(message))))];
    }

    /// <summary>Is cancelled at the first request.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        source.Dispose();
    }

    void Handle(PosixSignalContext context, Action onFirst)
    {
        if (source.IsCancellationRequested) return;
        context.Cancel = true;
        onFirst();
        source.Cancel();
    }
}
