using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    void LowerPooling<T>(Node node) where T : unmanaged
    {
        switch (node.Operation)
        {
            case MaxPool pool:
                Steps.Add(new MaxPoolKernel<T>(Geometry(pool.Window, node.Inputs[0].Shape) with { OutputPitch = memory.Pitch(node.Outputs[0]) }, In<T>(node, 0), Out<T>(node)));
                break;
            case MaxPoolGradient pool:
                Steps.Add(new MaxPoolGradientKernel<T>(Geometry(pool.Window, node.Inputs[0].Shape), In<T>(node, 0), In<T>(node, 1), In<T>(node, 2), Out<T>(node)));
                break;
            case AveragePool pool:
                Steps.Add(new AveragePoolKernel<T, T>(Geometry(pool.Window, node.Inputs[0].Shape, pool.CountPadding) with { OutputPitch = memory.Pitch(node.Outputs[0]) }, In<T>(node, 0), Out<T>(node)));
                break;
            case NormalizedPool { Pool: var pool } normalized:
                var geometry = Geometry(pool.Window, node.Inputs[0].Shape, pool.CountPadding) with { InputPitch = memory.Pitch(node.Inputs[0]), OutputPitch = memory.Pitch(node.Outputs[0]) };
                Steps.Add(new AveragePoolKernel<T, T>(geometry, In<T>(node, 0), Out<T>(node)) { Normalization = Normalization<T>(node, normalized.Normalization, first: 1) });
                break;
            case AveragePoolGradient { Forward: var pool }:
                Steps.Add(new AveragePoolGradientKernel<T>(Geometry(pool.Window, node.Outputs[0].Shape, pool.CountPadding), In<T>(node, 0), Out<T>(node)));
                break;
            case GlobalAveragePool:
                Steps.Add(new AveragePoolKernel<T, float>(Whole(node.Inputs[0].Shape), In<T>(node, 0), Out(node)));
                break;
            case GlobalAveragePoolGradient:
                var images = node.Outputs[0].Shape;
                Steps.Add(new GlobalAveragePoolGradientKernel<float, T>(images[0], images[1] * images[2], images[3], In(node, 0), Out<T>(node)));
                break;
        }
    }

    static PoolGeometry Geometry(Window window, Shape images, bool countPadding = false)
    {
        var (top, bottom) = window.RowPadding(images[1]);
        var (left, right) = window.ColumnPadding(images[2]);
        return new PoolGeometry(images[0], images[1], images[2], images[3], window.Height, window.Width,
            window.StrideHeight, window.StrideWidth, top, bottom, left, right, countPadding);
    }

    /// <summary>One window over a whole image.</summary>
    static PoolGeometry Whole(Shape images) =>
        new(images[0], images[1], images[2], images[3], images[1], images[2], 1, 1, 0, 0, 0, 0);
}
