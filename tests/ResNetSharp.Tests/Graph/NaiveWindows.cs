using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Tests.Graph;

/// <summary>Convolutions and pools, window by window.</summary>
static class NaiveWindows
{
    public static double[] Convolve(Convolution convolution, double[] images, Shape imageShape, double[] weights, Shape weightShape, double[]? bias, Shape output)
    {
        var window = convolution.Window;
        var (top, left) = Origin(window, imageShape);
        var (channels, filters) = (weightShape[2], weightShape[3]);
        return NaiveLayout.Gather(output, at =>
        {
            var group = at[3] / (filters / convolution.Groups);
            var sum = bias?[at[3]] ?? 0;
            for (var a = 0; a < window.Height; a++)
                for (var b = 0; b < window.Width; b++)
                {
                    var y = at[1] * window.StrideHeight - top + a * window.DilationHeight;
                    var x = at[2] * window.StrideWidth - left + b * window.DilationWidth;
                    if (y < 0 || y >= imageShape[1] || x < 0 || x >= imageShape[2]) continue;
                    for (var c = 0; c < channels; c++)
                        sum += images[((at[0] * imageShape[1] + y) * imageShape[2] + x) * imageShape[3] + group * channels + c]
                            * weights[((a * window.Width + b) * channels + c) * filters + at[3]];
                }
            return sum;
        });
    }

    public static double[] Average(AveragePool pool, double[] images, Shape imageShape, Shape output) =>
        Pool(pool.Window, images, imageShape, output, window => pool.CountPadding ? window.Sum() / (pool.Window.Height * pool.Window.Width) : window.Average());

    /// <summary>A function of the pixels of a window that are within the image.</summary>
    public static double[] Pool(Window window, double[] images, Shape imageShape, Shape output, Func<List<double>, double> function)
    {
        var (top, left) = Origin(window, imageShape);
        return NaiveLayout.Gather(output, at =>
        {
            var pixels = new List<double>();
            for (var a = 0; a < window.Height; a++)
                for (var b = 0; b < window.Width; b++)
                {
                    var (y, x) = (at[1] * window.StrideHeight - top + a, at[2] * window.StrideWidth - left + b);
                    if (y >= 0 && y < imageShape[1] && x >= 0 && x < imageShape[2])
                        pixels.Add(images[((at[0] * imageShape[1] + y) * imageShape[2] + x) * imageShape[3] + at[3]]);
                }
            return function(pixels);
        });
    }

    /// <summary>Rows above and columns left of the image that the first window covers.</summary>
    static (int Top, int Left) Origin(Window window, Shape images) => window.Padding.IsSame
        ? (Same(images[1], window.Height, window.StrideHeight, window.DilationHeight), Same(images[2], window.Width, window.StrideWidth, window.DilationWidth))
        : (window.Padding.Top, window.Padding.Left);

    /// <summary>Keras: the output is ceil(size / stride) large; of the padding this needs, the smaller half stands before.</summary>
    static int Same(int size, int window, int stride, int dilation)
    {
        var outputs = (int)Math.Ceiling(size / (double)stride);
        var needed = (outputs - 1) * stride + dilation * (window - 1) + 1 - size;
        return Math.Max(0, needed) / 2;
    }
}
