using System.Collections.Concurrent;

namespace ResNetSharp.Cpu.Jit;

/// <summary>Generated code by what it was specialised for, so that layers of one shape share it. Safe for any number of threads.</summary>
/// <typeparam name="TKey">A value that says everything the code depends on.</typeparam>
internal sealed class CodeCache<TKey>(Func<TKey, ExecutableMemory> generate)
    where TKey : notnull
{
    readonly ConcurrentDictionary<TKey, Lazy<ExecutableMemory>> entries = new();

    /// <summary>The code for a key, generated when it is first asked for.</summary>
    public ExecutableMemory Get(TKey key) =>
        entries.GetOrAdd(key, k => new Lazy<ExecutableMemory>(() => generate(k))).Value;
}
