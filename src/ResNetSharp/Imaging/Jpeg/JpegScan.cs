namespace ResNetSharp.Imaging.Jpeg;

/// <summary>Walks over the blocks of a scan in the order of the file, and over its restart markers.</summary>
internal abstract class JpegScan(EntropyReader entropy)
{
    const int MostBlocksInMcu = 10;

    readonly JpegComponent[] components = new JpegComponent[JpegFrame.MostComponents];
    int count;

    /// <summary>The scan's data.</summary>
    protected EntropyReader Entropy { get; } = entropy;

    /// <summary>The components of the scan.</summary>
    protected ReadOnlySpan<JpegComponent> Components => components.AsSpan(0, count);

    /// <summary>First coefficient, last coefficient, and bit positions before and after of a progressive scan.</summary>
    protected ScanBand Band { get; private set; }

    /// <summary>Decodes a scan whose header has been read.</summary>
    /// <param name="source">Stands behind the scan's header, and afterwards behind the marker after the scan.</param>
    /// <param name="frame">The picture.</param>
    /// <param name="selected">The components of the scan.</param>
    /// <param name="band">The coefficients of the scan.</param>
    /// <param name="restartInterval">MCUs between restart markers, or 0.</param>
    public void Run(ref JpegSource source, JpegFrame frame, ReadOnlySpan<JpegComponent> selected, ScanBand band, int restartInterval)
    {
        selected.CopyTo(components);
        count = selected.Length;
        Band = band;
        Begin(source.Position);
        Entropy.BeginScan(ref source);
        ResetPredictions();
        if (count == 1) WalkBlocks(ref source, restartInterval);
        else WalkMcus(ref source, frame, restartInterval);
        Finish();
    }

    /// <summary>Prepares for the scan, or refuses it.</summary>
    protected abstract void Begin(int offset);

    /// <summary>Decodes the next block of the data.</summary>
    protected abstract void DecodeBlock(JpegComponent component, int column, int row);

    /// <summary>Forgets what restart markers reset.</summary>
    protected virtual void ResetPredictions()
    {
        foreach (var component in Components) component.Prediction = 0;
    }

    /// <summary>Completes the scan.</summary>
    protected virtual void Finish()
    {
    }

    void WalkBlocks(ref JpegSource source, int restartInterval)
    {
        var component = components[0];
        var countdown = new RestartCountdown(restartInterval);
        for (var row = 0; row < component.BlocksDown; row++)
        {
            for (var column = 0; column < component.BlocksAcross; column++)
            {
                if (countdown.IsDue(out var number)) Restart(ref source, number);
                DecodeBlock(component, column, row);
                if (Entropy.Bits.Overrun) Entropy.Insufficient = true;
            }
        }
    }

    void WalkMcus(ref JpegSource source, JpegFrame frame, int restartInterval)
    {
        var blocks = 0;
        foreach (var component in Components) blocks += component.Horizontal * component.Vertical;
        if (blocks > MostBlocksInMcu) throw source.Error($"an MCU of {blocks} blocks is more than {MostBlocksInMcu}");
        var countdown = new RestartCountdown(restartInterval);
        for (var row = 0; row < frame.McusDown; row++)
        {
            for (var column = 0; column < frame.McusAcross; column++)
            {
                if (countdown.IsDue(out var number)) Restart(ref source, number);
                DecodeMcu(column, row);
                if (Entropy.Bits.Overrun) Entropy.Insufficient = true;
            }
        }
    }

    void DecodeMcu(int column, int row)
    {
        foreach (var component in Components)
        {
            for (var y = 0; y < component.Vertical; y++)
            {
                for (var x = 0; x < component.Horizontal; x++)
                    DecodeBlock(component, column * component.Horizontal + x, row * component.Vertical + y);
            }
        }
    }

    void Restart(ref JpegSource source, int number)
    {
        Entropy.Restart(ref source, number);
        ResetPredictions();
    }

    /// <summary>Counts the MCUs of a restart interval and the eight numbers of restart markers.</summary>
    struct RestartCountdown
    {
        readonly int interval;
        int left;
        int next;

        public RestartCountdown(int interval) => this.interval = left = interval;

        public bool IsDue(out int number)
        {
            number = next;
            if (interval == 0) return false;
            if (left-- > 0) return false;
            left = interval - 1;
            next = (next + 1) & 7;
            return true;
        }
    }
}
