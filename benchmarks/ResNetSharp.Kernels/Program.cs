using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

// In this process: kernels are machine code that the library makes while it runs, and nothing has to be built or fetched for a measurement.
// "--job dry" runs each once, "--filter *Convolution*" some of them; "--help" tells the rest.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance));
if (args.Contains("dry", StringComparer.OrdinalIgnoreCase))
{
    config = DefaultConfig.Instance.AddJob(Job.Dry.WithToolchain(InProcessNoEmitToolchain.Instance));
    args = [.. args.Where(argument => !argument.Equals("dry", StringComparison.OrdinalIgnoreCase) && argument is not ("--job" or "-j"))];
}
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config.WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "results")));
