using System.Buffers;
using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

/// <summary>Pixels turned into numbers as a preset says; brightness becomes three equal channels and colours brightness where it asks for them.</summary>
sealed class PresetDataset : DatasetView
{
    readonly Preprocessing preset;

    public PresetDataset(Dataset inner, Preprocessing preset) : base(inner)
    {
        this.preset = preset;
        ElementShape = inner.ElementShape.With(2, preset.Channels);
    }

    public override Shape ElementShape { get; }

    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        CheckRead(index, destination.Length);
        if (Inner.IsBytes) ReadFromBytes(index, destination);
        else
        {
            Inner.Read(index, ref random, destination);
            preset.Convert(destination);
        }
    }

    void ReadFromBytes(int index, Span<float> destination)
    {
        var size = Inner.ElementSize;
        var isGray = Inner.ElementShape[2] == 1;
        var bytes = ArrayPool<byte>.Shared.Rent(isGray ? 4 * size : size);
        var pixels = bytes.AsSpan(0, size);
        Inner.ReadBytes(index, pixels);
        if (isGray)
        {
            var colours = bytes.AsSpan(size, 3 * size);
            for (var i = 0; i < size; i++) colours.Slice(3 * i, 3).Fill(pixels[i]);
            pixels = colours;
        }
        preset.Convert(pixels, destination);
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
