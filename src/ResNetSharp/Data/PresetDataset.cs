using System.Buffers;
using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

/// <summary>Bytes turned into numbers as a preset says.</summary>
sealed class PresetDataset(Dataset inner, Preprocessing preset) : DatasetView(inner)
{
    public override void Read(int index, ref RandomSource random, Span<float> destination)
    {
        CheckRead(index, destination.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(destination.Length);
        Inner.ReadBytes(index, bytes.AsSpan(0, destination.Length));
        preset.Convert(bytes.AsSpan(0, destination.Length), destination);
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
