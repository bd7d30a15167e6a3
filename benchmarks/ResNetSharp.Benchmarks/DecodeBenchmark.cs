using ResNetSharp.Imaging;

namespace ResNetSharp.Benchmarks;

/// <summary>
/// How many pictures one thread decodes, and resizes for ImageNet's evaluation, in a second of processor time. <c>benchmarks/pillow.py</c> prints the
/// same of Pillow.
/// </summary>
static class DecodeBenchmark
{
    const double Seconds = 0.5;

    public static void Run(string[] files)
    {
        Console.WriteLine($"{"file",-32} {"pixels",12} {"decode/s",10} {"MP/s",8} {"resize/s",10}");
        foreach (var path in files)
        {
            var bytes = File.ReadAllBytes(path);
            var picture = Image.Load(bytes);
            var decode = Rate(() => Image.Load(bytes));
            var resize = Rate(() => Preprocessing.Torchvision.Transform(picture));
            Console.WriteLine(
                $"{Path.GetFileName(path),-32} {$"{picture.Width}x{picture.Height}",12} {decode,10:F1} {decode * picture.Width * picture.Height / 1e6,8:F1} {resize,10:F1}");
        }
    }

    static double Rate(Action action)
    {
        // Until the compiler has seen it often enough, and then the best of three.
        for (var start = ThreadClock.Seconds; ThreadClock.Seconds - start < Seconds / 2;) action();
        var best = 0.0;
        for (var round = 0; round < 3; round++)
        {
            var (start, count) = (ThreadClock.Seconds, 0);
            double spent;
            do
            {
                action();
                count++;
                spent = ThreadClock.Seconds - start;
            }
            while (spent < Seconds / 3);
            best = Math.Max(best, count / spent);
        }
        return best;
    }
}
