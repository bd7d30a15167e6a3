using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ResNetSharp.Cpu.Jit;

/// <summary>
/// Pages that hold generated code. They are written first and made executable afterwards, never both at once; the garbage collector
/// frees them, so whoever keeps the address must keep this object as well.
/// </summary>
internal sealed unsafe partial class ExecutableMemory
{
    static readonly Lazy<string?> whyUnavailable = new(Probe);

    readonly nuint size;

    /// <summary>Copies code into pages of its own.</summary>
    /// <exception cref="Win32Exception">The operating system refused the pages or their protection.</exception>
    public ExecutableMemory(ReadOnlySpan<byte> code)
    {
        var page = (nuint)Environment.SystemPageSize;
        size = ((nuint)Math.Max(code.Length, 1) + page - 1) / page * page;
        Address = Allocate(size);
        code.CopyTo(new Span<byte>(Address, code.Length));
        Protect(Address, size);
    }

    ~ExecutableMemory()
    {
        if (Address != null) Free(Address, size);
    }

    /// <summary>The first byte of the code.</summary>
    public byte* Address { get; }

    /// <summary>Why this process cannot make executable pages, or null where it can.</summary>
    public static string? WhyUnavailable => whyUnavailable.Value;

    static string? Probe()
    {
        if (!OperatingSystem.IsWindows() && !OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS() && !OperatingSystem.IsFreeBSD())
        {
            return "this operating system is not known to allow generated code";
        }
        try
        {
            GC.KeepAlive(new ExecutableMemory([0xC3])); // ret
            return null;
        }
        catch (Win32Exception e)
        {
            return $"the operating system refuses executable memory ({e.Message})";
        }
    }

    static byte* Allocate(nuint size)
    {
        if (OperatingSystem.IsWindows())
        {
            const uint CommitAndReserve = 0x3000, ReadWrite = 4;
            var block = VirtualAlloc(null, size, CommitAndReserve, ReadWrite);
            return block != null ? block : throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
        const int ReadWriteProtection = 3, Private = 2;
        var anonymous = OperatingSystem.IsLinux() ? 0x20 : 0x1000;
        var pages = MapMemory(null, size, ReadWriteProtection, Private | anonymous, -1, 0);
        return (nint)pages != -1 ? pages : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    static void Protect(byte* address, nuint size)
    {
        const uint ExecuteRead = 0x20;
        const int ReadExecuteProtection = 5;
        var done = OperatingSystem.IsWindows()
            ? VirtualProtect(address, size, ExecuteRead, out _) != 0
            : ProtectMemory(address, size, ReadExecuteProtection) == 0;
        if (done) return;
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        Free(address, size);
        throw error;
    }

    static void Free(byte* address, nuint size)
    {
        const uint Release = 0x8000;
        if (OperatingSystem.IsWindows()) _ = VirtualFree(address, 0, Release);
        else _ = UnmapMemory(address, size);
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* MapMemory(byte* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int ProtectMemory(byte* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(byte* address, nuint length);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial byte* VirtualAlloc(byte* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualProtect(byte* address, nuint size, uint protection, out uint before);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(byte* address, nuint size, uint type);
}
