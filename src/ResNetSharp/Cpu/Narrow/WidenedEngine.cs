namespace ResNetSharp.Cpu;

/// <summary>
/// A bfloat16 convolution by way of single precision: widens the images, computes with rounded weights, and rounds the result. It runs
/// everywhere and is what the faster engines are measured against.
/// </summary>
internal sealed unsafe class WidenedEngine : NarrowEngine
{
    readonly ConvolutionEngine engine;
    readonly ConversionBody conversion = new();
    readonly long sourceLength;
    readonly long resultLength;
    readonly long weightLength;
    readonly TileEpilogue epilogue;

    public WidenedEngine(ConvolutionGeometry geometry, InstructionSet set, bool transposed, TileEpilogue epilogue)
    {
        this.epilogue = epilogue;
        (sourceLength, resultLength) = transposed ? (geometry.OutputLength, geometry.InputLength) : (geometry.InputLength, geometry.OutputLength);
        weightLength = geometry.WeightLength;
        engine = ConvolutionEngine.Create(geometry, set, transposed, epilogue with { Streams = false }, constantWeights: true, Winograd.Off, Strassen.Off);
    }

    public override int MomentBlocks => engine.MomentBlocks;

    public override long PackedBytes => NativeBuffer.Lines(weightLength * sizeof(float)) + engine.PackedBytes;

    public override long WorkBytes(int workers) =>
        NativeBuffer.Lines(sourceLength * sizeof(float)) + (epilogue.Residual ? 2 : 1) * NativeBuffer.Lines(resultLength * sizeof(float)) + NativeBuffer.Lines(engine.WorkBytes(workers));

    public override void Pack(Workers workers, float* weights, byte* packed)
    {
        BFloat16.Round(weights, (float*)packed, weightLength);
        engine.Pack(workers, (float*)packed, (float*)(packed + NativeBuffer.Lines(weightLength * sizeof(float))));
    }

    public override void Run(Workers workers, NarrowPointers pointers)
    {
        var source = (float*)pointers.Work;
        var result = (float*)(pointers.Work + NativeBuffer.Lines(sourceLength * sizeof(float)));
        var next = (byte*)result + NativeBuffer.Lines(resultLength * sizeof(float));
        float* residual = null;
        conversion.Widen(workers, (ushort*)pointers.Source, source, sourceLength);
        if (epilogue.Accumulate) conversion.Widen(workers, (ushort*)pointers.Destination, result, resultLength);
        if (epilogue.Residual)
        {
            residual = (float*)next;
            next += NativeBuffer.Lines(resultLength * sizeof(float));
            conversion.Widen(workers, (ushort*)pointers.Residual, residual, resultLength);
        }
        engine.RunPacked(
            workers,
            new ConvolutionPointers
            {
                Source = source,
                Destination = result,
                Bias = pointers.Bias,
                Expected = pointers.Expected,
                Moments = pointers.Moments,
                Residual = residual,
                Packed = (float*)(pointers.Packed + NativeBuffer.Lines(weightLength * sizeof(float))),
                Work = next,
            });
        conversion.Narrow(workers, result, (ushort*)pointers.Destination, resultLength);
    }
}
