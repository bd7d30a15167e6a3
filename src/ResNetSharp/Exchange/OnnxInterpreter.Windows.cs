using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

internal sealed partial class OnnxInterpreter
{
    /// <summary>More than any network has, and few enough that sums of them do not overflow.</summary>
    const int MaxWindow = 1 << 14;

    static ImportedTensor PoolMaxima(OnnxCall call) => Pool(call, window => new MaxPool(window));

    static ImportedTensor PoolMeans(OnnxCall call) => Pool(call, window => new AveragePool(window, call.Long("count_include_pad", 0) != 0));

    static ImportedTensor Pool(OnnxCall call, Func<Window, Operation> create)
    {
        var images = Images(call.Tensor(0));
        var kernel = Pair(call, "kernel_shape", null, 1);
        if (Pair(call, "dilations", [1, 1], 1) is not [1, 1]) throw call.Fail("has dilations, which poolings here do not have");
        var window = ReadWindow(call, kernel[0], kernel[1], images.Shape);
        var padding = window.Padding;
        if (padding.Top >= window.Height || padding.Bottom >= window.Height || padding.Left >= window.Width || padding.Right >= window.Width)
            throw call.Fail($"pads by {padding} for windows of {window.Height}x{window.Width}, of which some would see nothing");
        if (call.Long("ceil_mode", 0) != 0) window = RoundedUp(call, window, images.Shape);
        return new ImportedTensor(create(window).Apply(images), AxisOrder.Images);
    }

    /// <summary>The settings that convolutions and poolings share.</summary>
    static Window ReadWindow(OnnxCall call, int height, int width, Shape images)
    {
        var (strides, dilations) = (Pair(call, "strides", [1, 1], 1), Pair(call, "dilations", [1, 1], 1));
        var window = new Window(height, width, strides[0], strides[1], Padding.Valid, dilations[0], dilations[1]);
        if (height > MaxWindow || width > MaxWindow) throw call.Fail($"has windows of {height}x{width}, which are too large");
        return window with { Padding = ReadPadding(call, window, images) };
    }

    static Padding ReadPadding(OnnxCall call, Window window, Shape images)
    {
        switch (call.Text("auto_pad", "NOTSET"))
        {
            case "VALID":
                return Padding.Valid;
            case "SAME_UPPER":
                return Padding.Same;
            case "SAME_LOWER":
                if (images[1] == Shape.Unknown || images[2] == Shape.Unknown) throw call.Fail("pads by SAME_LOWER, which needs pictures of a fixed size");
                var same = window with { Padding = Padding.Same };
                var (rows, columns) = (same.RowPadding(images[1]), same.ColumnPadding(images[2]));
                // The odd row and column go above and left.
                return Padding.Of(rows.After, rows.Before, columns.After, columns.Before);
            case "NOTSET" or "":
                var pads = call.Longs("pads") ?? [0, 0, 0, 0];
                if (pads.Length != 4 || pads.Any(p => p is < 0 or > MaxWindow)) throw call.Fail($"pads by {string.Join(',', pads)}; four numbers from 0 are supported");
                return Padding.Of((int)pads[0], (int)pads[2], (int)pads[1], (int)pads[3]);
            case var other:
                throw call.Fail($"pads by '{other}', which is not known");
        }
    }

    static int[] Pair(OnnxCall call, string setting, long[]? otherwise, long least)
    {
        var numbers = call.Longs(setting) ?? otherwise ?? throw call.Fail($"lacks its {setting}");
        return numbers is [var height, var width] && Math.Min(height, width) >= least && Math.Max(height, width) <= MaxWindow
            ? [(int)height, (int)width]
            : throw call.Fail($"has {setting} {string.Join(',', numbers)}; two numbers from {least} to {MaxWindow} are supported");
    }

    /// <summary>A window whose last, incomplete step counts, by padding below and right; that padding is no part of means.</summary>
    static Window RoundedUp(OnnxCall call, Window window, Shape images)
    {
        if (images[1] == Shape.Unknown || images[2] == Shape.Unknown) throw call.Fail("rounds sizes up (ceil_mode), which needs pictures of a fixed size");
        var (rows, columns) = (window.RowPadding(images[1]), window.ColumnPadding(images[2]));
        var down = Missing(images[1], rows.Before, rows.After, window.Height, window.StrideHeight);
        var right = Missing(images[2], columns.Before, columns.After, window.Width, window.StrideWidth);
        if (down + right == 0) return window;
        if (call.Long("count_include_pad", 0) != 0) throw call.Fail("counts padding in means and rounds sizes up, of which one is supported");
        return window with { Padding = Padding.Of(rows.Before, rows.After + down, columns.Before, columns.After + right) };
    }

    static int Missing(int size, int before, int after, int window, int stride)
    {
        var steps = (size + before + after - window + stride - 1) / stride;
        // A window that begins in the padding behind the image is left out.
        if (steps * stride >= size + before) steps--;
        return Math.Max(0, steps * stride + window - (size + before + after));
    }
}
