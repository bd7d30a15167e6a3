using ResNetSharp.Benchmarks;

const string Usage = """
    usage: ResNetSharp.Benchmarks peak [threads]
           ResNetSharp.Benchmarks conv [threads] [layers whose name contains]
    """;

var threads = args.Length > 1 ? int.Parse(args[1]) : 1;
switch (args.FirstOrDefault())
{
    case "peak":
        PeakBenchmark.Run(threads);
        return 0;
    case "conv":
        ConvolutionBenchmark.Run(threads, args.ElementAtOrDefault(2) ?? "");
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
