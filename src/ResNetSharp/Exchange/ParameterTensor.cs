using System.Runtime.InteropServices;
using ResNetSharp.Formats;

namespace ResNetSharp.Exchange;

/// <summary>A parameter as files have it, in PyTorch's order. Its numbers are drawn and turned when somebody asks for them.</summary>
internal sealed class ParameterTensor(string name, Parameter parameter) : StoredTensor(name, TorchLayout.ShapeOf(parameter.Shape), TensorType.Float32)
{
    internal override bool PrefersWholeReads => true;

    internal override void ReadChecked(long offset, Span<byte> destination)
    {
        var own = parameter.Values;
        var torch = new float[own.Length];
        TorchLayout.ToTorch(own, parameter.Shape, torch);
        MemoryMarshal.AsBytes(torch.AsSpan()).Slice((int)offset, destination.Length).CopyTo(destination);
    }
}
