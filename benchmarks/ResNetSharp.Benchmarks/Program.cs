using ResNetSharp.Benchmarks;

const string Usage = """
    usage: ResNetSharp.Benchmarks peak [threads]
           ResNetSharp.Benchmarks conv [threads] [layers whose name contains] [fp32|bf16|int8]
           ResNetSharp.Benchmarks algorithms [threads] [layers whose name contains]
           ResNetSharp.Benchmarks rounding
           ResNetSharp.Benchmarks decode FILE...
           ResNetSharp.Benchmarks input FOLDER|ARCHIVE [side]
           ResNetSharp.Benchmarks load [ARCHITECTURE FILE]
           ResNetSharp.Benchmarks onnx FOLDER_OF_NODE_MODULES [architectures whose name contains | FILE.onnx...]
    """;

if (args is ["onnx", var folder, .. var names]) return OnnxCheck.Run(folder, names);
switch (args)
{
    case ["rounding"]:
        RoundingBenchmark.Run();
        return 0;
    case ["decode", _, ..]:
        DecodeBenchmark.Run(args[1..]);
        return 0;
    case ["input", var pictures]:
        InputBenchmark.Run(pictures, null);
        return 0;
    case ["input", var pictures, var side]:
        InputBenchmark.Run(pictures, int.Parse(side));
        return 0;
    case ["load"]:
        LoadBenchmark.Run();
        return 0;
    case ["load", var architecture, var weights]:
        LoadBenchmark.Run(architecture, weights);
        return 0;
}
var threads = args.Length > 1 ? int.Parse(args[1]) : 1;
switch (args.FirstOrDefault())
{
    case "peak":
        PeakBenchmark.Run(threads);
        return 0;
    case "conv":
        return Convolutions(args.ElementAtOrDefault(2) ?? "", args.ElementAtOrDefault(3) ?? "fp32");
    case "algorithms":
        AlgorithmBenchmark.Run(threads, args.ElementAtOrDefault(2) ?? "");
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

int Convolutions(string filter, string mode)
{
    switch (mode)
    {
        case "fp32":
            ConvolutionBenchmark.Run(threads, filter);
            return 0;
        case "bf16" or "int8":
            NarrowConvolutionBenchmark.Run(threads, filter, mode);
            return 0;
        default:
            Console.Error.WriteLine($"'{mode}' is no kind of numbers; use fp32, bf16 or int8.");
            return 2;
    }
}
