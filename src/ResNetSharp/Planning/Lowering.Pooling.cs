using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

internal sealed unsafe partial class Lowering
{
    void LowerPooling(Node node)
    {
        switch (node.Operation)
        {
            case MaxPool pool:
                Steps.Add(new MaxPoolKernel(Geometry(pool.Window, node.Inputs[0].Shape), In(node, 0), Out(node)));
                break;
            case MaxPoolGradient pool:
                Steps.Add(new MaxPoolGradientKernel(Geometry(pool.Window, node.Inputs[0].Shape), In(node, 0), In(node, 1), In(node, 2), Out(node)));
                break;
            case AveragePool pool:
                Steps.Add(new AveragePoolKernel(Geometry(pool.Window, node.Inputs[0].Shape, pool.CountPadding), In(node, 0), Out(node)));
                break;
            case AveragePoolGradient { Forward: var pool }:
                Steps.Add(new AveragePoolGradientKernel(Geometry(pool.Window, node.Outputs[0].Shape, pool.CountPadding), In(node, 0), Out(node)));
                break;
            case GlobalAveragePool:
                Steps.Add(new AveragePoolKernel(Whole(node.Inputs[0].Shape), In(node, 0), Out(node)));
                break;
            case GlobalAveragePoolGradient:
                Steps.Add(new AveragePoolGradientKernel(Whole(node.Outputs[0].Shape), In(node, 0), Out(node)));
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
