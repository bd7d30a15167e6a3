using System.Runtime.InteropServices;
using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>Writes the loops of a tile kernel over tiles, taps and channels; what is multiplied and what becomes of the sums is left open.</summary>
internal abstract unsafe class TileGenerator(TileShape shape)
{
    const int Unroll = TileKernel.Unroll;

    static readonly int endOffset = sizeof(TileArguments);
    static readonly int tapsLeftOffset = endOffset + sizeof(long);
    static readonly int weightsOffset = tapsLeftOffset + sizeof(long);
    static readonly int fetchedOffset = weightsOffset + sizeof(long);
    static readonly int fetchedEndOffset = fetchedOffset + sizeof(long);
    static readonly int localBytes = fetchedEndOffset + sizeof(long);

    readonly AssemblerRegister64 weights = r15;

    /// <summary>What the kernel is specialised for.</summary>
    protected TileShape Shape => shape;

    /// <summary>Cache lines of a pixel's results in a panel, and of its residuals.</summary>
    protected virtual int ResultLines => 1;

    /// <summary>What is written.</summary>
    protected VectorAssembler Asm { get; } = new(shape.Set);

    /// <summary>
    /// Whether weights and results are asked for before they are wanted. A turn of the loop with AVX2 is too short for the instructions: where another program
    /// has the other thread of a core, half of those that the core begins a cycle are left, and all are needed.
    /// </summary>
    bool FetchesOnTheWay => shape.Set >= InstructionSet.Avx512;

    /// <summary>Pixels whose results are asked for in a turn of the loop, so that a tap of few channels has asked for all.</summary>
    int FetchesPerTurn => shape.Rows * Unroll <= shape.Channels ? 1 : shape.Rows * Unroll <= 2 * shape.Channels ? 2 : 4;

    /// <summary>Registers with sums: those of the first pixel, then those of the next.</summary>
    protected int Sums => shape.Rows * shape.Vectors;

    /// <summary>The first register with weights.</summary>
    protected int Weights => Sums;

    /// <summary>The first register behind them.</summary>
    protected int Temporaries => Sums + shape.Vectors;

    /// <summary>Whether the last register of a panel is written in part.</summary>
    protected bool HasTail => shape.TailLanes < Asm.Lanes;

    static AssemblerRegister64 Ahead => r14;

    static IReadOnlyList<AssemblerRegister64> Rows => VectorAssembler.GeneralRegisters;

    public ExecutableMemory Generate()
    {
        var code = Asm.Code;
        Asm.Enter(localBytes);
        CopyArguments();
        if (shape.AheadLines > 0) code.mov(Ahead, Local(nameof(TileArguments.Ahead)));
        var tile = code.CreateLabel();
        code.Label(ref tile);
        StartSums();
        if (FetchesOnTheWay) StartFetchingResults();
        else if (shape.Residual) FetchResiduals();
        code.mov(weights, Local(nameof(TileArguments.Weights)));
        code.mov(Rows[0], Local(nameof(TileArguments.Taps)));
        code.mov(__qword_ptr[rsp + tapsLeftOffset], Rows[0]);
        var finish = code.CreateLabel();
        var tap = code.CreateLabel();
        code.test(Rows[0], Rows[0]);
        code.je(finish);
        code.Label(ref tap);
        Tap();
        code.dec(__qword_ptr[rsp + tapsLeftOffset]);
        code.jne(tap);
        code.Label(ref finish);
        Finish();
        code.add(Local(nameof(TileArguments.DestinationOffsets)), shape.Rows * sizeof(int));
        code.dec(Local(nameof(TileArguments.Tiles)));
        code.jne(tile);
        Asm.Leave();
        return Asm.Build();
    }

    /// <summary>Gives the sums their first values.</summary>
    protected abstract void StartSums();

    /// <summary>Adds the products of one word of each pixel and the weights in their registers to the sums.</summary>
    /// <param name="number">The distance of the word in bytes from where <see cref="Row"/> points to.</param>
    protected abstract void Multiply(int number);

    /// <summary>Writes the results; all general registers are free.</summary>
    protected abstract void Finish();

    /// <summary>
    /// Adds the residual where there is one, makes negative sums zero where that is wanted, and writes, pixel after pixel; then adds the results up
    /// where that is wanted. The mask of the last channels has been set.
    /// </summary>
    /// <param name="zero">A register that is free once the sums are complete.</param>
    /// <param name="addResidual">Adds to a sum, of which the register of the panel is given, what lies at rdx + rbx.</param>
    /// <param name="store">Writes the results of a pixel, of which the first sum is given, to rcx + rbx.</param>
    protected void FinishRows(int zero, Action<int, int> addResidual, Action<int> store)
    {
        var code = Asm.Code;
        if (shape.Relu) Asm.Zero(zero);
        code.mov(rax, Local(nameof(TileArguments.DestinationOffsets)));
        code.mov(rcx, Local(nameof(TileArguments.Destination)));
        if (shape.Residual) code.mov(rdx, Local(nameof(TileArguments.Residual)));
        for (var row = 0; row < shape.Rows; row++)
        {
            code.movsxd(rbx, __dword_ptr[rax + row * sizeof(int)]);
            for (var v = 0; v < shape.Vectors; v++)
            {
                var sum = row * shape.Vectors + v;
                if (shape.Residual) addResidual(sum, v);
                if (shape.Relu) Asm.Max(sum, zero, sum);
            }
            store(row * shape.Vectors);
        }
        if (shape.Moments) AddMoments();
    }

    /// <summary>Adds the differences of the results from what is expected, and their squares, to sums in memory; the results are lost on the way.</summary>
    void AddMoments()
    {
        var code = Asm.Code;
        // The mask of the last channels may be in the first temporary register, and stores may have taken that.
        if (HasTail) Asm.SetMask(shape.TailLanes, Temporaries, rax);
        var (loaded, even, odd) = (Asm.Registers - 1, Weights, Weights + 1 == Temporaries ? Temporaries + 1 : Weights + 1);
        code.mov(rax, Local(nameof(TileArguments.Expected)));
        code.mov(rcx, Local(nameof(TileArguments.Moments)));
        code.mov(rbx, Local(nameof(TileArguments.SquaresBytes)));
        for (var v = 0; v < shape.Vectors; v++)
        {
            var offset = v * Asm.VectorBytes;
            LoadChannels(loaded, VectorAssembler.At(rax, offset), v);
            for (var row = 0; row < shape.Rows; row++) Asm.Subtract(Sum(row), Sum(row), loaded);
            Asm.Zero(even);
            Asm.Zero(odd);
            for (var row = 0; row < shape.Rows; row++)
            {
                Asm.MultiplyAdd(row % 2 == 0 ? even : odd, Sum(row), Sum(row));
                if (row >= 2) Asm.Add(Sum(row % 2), Sum(row % 2), Sum(row));
            }
            if (shape.Rows > 1) Asm.Add(Sum(0), Sum(0), Sum(1));
            Asm.Add(even, even, odd);
            AddTo(VectorAssembler.At(rcx, offset), Sum(0), v);
            AddTo(VectorAssembler.At(rcx, rbx, offset), even, v);

            int Sum(int row) => row * shape.Vectors + v;
        }

        void AddTo(MemoryOperand sums, int addend, int vector)
        {
            LoadChannels(loaded, sums, vector);
            Asm.Add(loaded, loaded, addend);
            if (IsPartial(vector)) Asm.StoreMasked(sums, loaded, Temporaries);
            else Asm.Store(sums, loaded);
        }
    }

    /// <summary>Gives all sums of a channel the same first value.</summary>
    /// <param name="field">The argument that points to the values, one for each channel of the panel.</param>
    protected void StartWithChannels(string field)
    {
        if (HasTail) Asm.SetMask(shape.TailLanes, Temporaries, rax);
        Asm.Code.mov(rax, Local(field));
        for (var v = 0; v < shape.Vectors; v++) LoadChannels(v, VectorAssembler.At(rax, v * Asm.VectorBytes), v);
        for (var i = shape.Vectors; i < Sums; i++) Asm.Copy(i, i % shape.Vectors);
    }

    /// <summary>Loads a number of each channel of a register, where the mask of the last ones is set.</summary>
    protected void LoadChannels(int register, MemoryOperand from, int vector)
    {
        if (IsPartial(vector)) Asm.LoadMasked(register, from, Temporaries);
        else Asm.Load(register, from);
    }

    /// <summary>
    /// Asks for what will be added at the end: a line or two of each pixel, so far apart that the processor does not foresee them.
    /// </summary>
    void FetchResiduals()
    {
        var code = Asm.Code;
        code.mov(rax, Local(nameof(TileArguments.DestinationOffsets)));
        code.mov(rdx, Local(nameof(TileArguments.Residual)));
        for (var row = 0; row < shape.Rows; row++)
        {
            code.movsxd(rbx, __dword_ptr[rax + row * sizeof(int)]);
            for (var line = 0; line < ResultLines; line++) code.prefetcht0(__byte_ptr[rdx + rbx + line * NativeBuffer.Alignment]);
        }
    }

    /// <summary>Begins with the tile's first pixel; see <see cref="FetchResults"/>.</summary>
    void StartFetchingResults()
    {
        var code = Asm.Code;
        code.mov(Rows[0], Local(nameof(TileArguments.DestinationOffsets)));
        code.mov(__qword_ptr[rsp + fetchedOffset], Rows[0]);
        code.add(Rows[0], shape.Rows * sizeof(int));
        code.mov(__qword_ptr[rsp + fetchedEndOffset], Rows[0]);
    }

    /// <summary>
    /// Asks for the lines of the tile's next pixel that results will overwrite, and for those that will be added: so far apart from the pixel before
    /// that the processor does not foresee them, and stores wait for each other. Few at a time, for there is room for few that are awaited.
    /// </summary>
    void FetchResults()
    {
        var code = Asm.Code;
        // Pixels may take all registers, so this one is lent.
        var pixel = weights;
        var none = code.CreateLabel();
        code.mov(__qword_ptr[rsp + weightsOffset], weights);
        code.mov(pixel, __qword_ptr[rsp + fetchedOffset]);
        code.cmp(pixel, __qword_ptr[rsp + fetchedEndOffset]);
        code.je(none);
        code.add(__qword_ptr[rsp + fetchedOffset], sizeof(int));
        code.movsxd(pixel, __dword_ptr[pixel]);
        code.add(pixel, Local(nameof(TileArguments.Destination)));
        if (!shape.Streams)
        {
            for (var line = 0; line < ResultLines; line++) code.prefetchw(__byte_ptr[pixel + line * NativeBuffer.Alignment]);
        }
        if (shape.Residual)
        {
            code.sub(pixel, Local(nameof(TileArguments.Destination)));
            code.add(pixel, Local(nameof(TileArguments.Residual)));
            for (var line = 0; line < ResultLines; line++) code.prefetcht0(__byte_ptr[pixel + line * NativeBuffer.Alignment]);
        }
        code.Label(ref none);
        code.mov(weights, __qword_ptr[rsp + weightsOffset]);
    }

    /// <summary>An argument.</summary>
    protected static AssemblerMemoryOperand Local(string field) => __qword_ptr[rsp + (int)Marshal.OffsetOf<TileArguments>(field)];

    /// <summary>The register that points to a pixel.</summary>
    protected static AssemblerRegister64 Row(int row) => Rows[row];

    /// <summary>Whether a register of a panel is written in part.</summary>
    protected bool IsPartial(int vector) => HasTail && vector == shape.Vectors - 1;

    void CopyArguments()
    {
        var word = VectorAssembler.GeneralRegisters[0];
        for (var offset = 0; offset < sizeof(TileArguments); offset += sizeof(long))
        {
            Asm.Code.mov(word, __qword_ptr[VectorAssembler.Argument + offset]);
            Asm.Code.mov(__qword_ptr[rsp + offset], word);
        }
    }

    void Tap()
    {
        var code = Asm.Code;
        if (shape.Channels >= Unroll)
        {
            code.mov(rax, weights);
            code.add(rax, Local(nameof(TileArguments.MainBytes)));
            code.mov(__qword_ptr[rsp + endOffset], rax);
        }
        LoadRowPointers();
        if (shape.Channels >= Unroll)
        {
            var turn = code.CreateLabel();
            code.Label(ref turn);
            for (var channel = 0; channel < Unroll; channel++)
            {
                Channel(channel);
                if (FetchesOnTheWay && channel % (Unroll / FetchesPerTurn) == 1) FetchResults();
                if (shape.Vectors > 1) FetchAhead(channel);
                for (var line = channel; line < shape.AheadLines; line += Unroll) code.prefetcht1(__byte_ptr[Ahead + line * NativeBuffer.Alignment]);
            }
            if (shape.AheadLines > 0) code.add(Ahead, shape.AheadLines * NativeBuffer.Alignment);
            for (var row = 0; row < shape.Rows; row++) code.add(Rows[row], Unroll * sizeof(float));
            code.add(weights, Unroll * shape.Vectors * Asm.VectorBytes);
            code.cmp(weights, __qword_ptr[rsp + endOffset]);
            code.jne(turn);
        }
        var rest = shape.Channels % Unroll;
        for (var channel = 0; channel < rest; channel++) Channel(channel);
        if (rest > 0) code.add(weights, rest * shape.Vectors * Asm.VectorBytes);
    }

    void Channel(int channel)
    {
        for (var v = 0; v < shape.Vectors; v++)
        {
            Asm.Load(Weights + v, VectorAssembler.At(weights, (channel * shape.Vectors + v) * Asm.VectorBytes));
        }
        Multiply(channel * sizeof(float));
    }

    /// <summary>
    /// Asks for the weights and pixels of later channels: where the pixels of a tile change lines, more of them are missing from the
    /// first-level cache at once than the processor looks for by itself, all the more where two threads share its buffers. Panels of one
    /// register, of narrow groups or few channels, have the same few lines read again for each tap.
    /// </summary>
    void FetchAhead(int channel)
    {
        const int Line = NativeBuffer.Alignment, WeightBytes = 32 * Line, PixelBytes = Line;
        var channelBytes = shape.Vectors * Asm.VectorBytes;
        if (FetchesOnTheWay)
        {
            for (var at = channel * channelBytes; at < (channel + 1) * channelBytes; at += Asm.VectorBytes)
            {
                if (at % Line == 0) Asm.Code.prefetcht0(__byte_ptr[weights + WeightBytes + at]);
            }
        }
        for (var row = channel; row < shape.Rows; row += Unroll) Asm.Code.prefetcht0(__byte_ptr[Rows[row] + PixelBytes]);
    }

    /// <summary>The last row's register points to the table until it is itself loaded.</summary>
    void LoadRowPointers()
    {
        var code = Asm.Code;
        var table = Rows[shape.Rows - 1];
        code.mov(table, Local(nameof(TileArguments.SourceOffsets)));
        for (var row = 0; row < shape.Rows; row++)
        {
            code.movsxd(Rows[row], __dword_ptr[table + row * sizeof(int)]);
            code.add(Rows[row], Local(nameof(TileArguments.Source)));
            // Minus one is all ones: adding anything to it carries.
            if (shape.Padding) code.cmovc(Rows[row], Local(nameof(TileArguments.Zeros)));
        }
        code.add(Local(nameof(TileArguments.SourceOffsets)), shape.Rows * sizeof(int));
    }
}
