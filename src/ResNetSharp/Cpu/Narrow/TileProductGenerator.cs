using System.Runtime.InteropServices;
using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>Writes the machine code of a <see cref="TileProductKernel"/>.</summary>
internal sealed class TileProductGenerator
{
    /// <summary>Rows whose sums fit into vector registers at once.</summary>
    const int VectorRows = 8;

    /// <summary>Rows that become results in a step, while the tiles of the next block are multiplied.</summary>
    const int RowsOfStep = 4;

    /// <summary>Steps between asking for weights in the first-level cache and reading them.</summary>
    const int StepsAhead = 2;

    const int SumsPitch = TileProductKernel.PanelResults * sizeof(float);

    readonly TileProductShape shape;
    readonly VectorAssembler asm = new(InstructionSet.Avx512);

    // Registers that keep their meaning throughout.
    readonly AssemblerRegister64 arguments = rbp;
    readonly AssemblerRegister64 source = rsi;
    readonly AssemblerRegister64 pitch = r14;
    readonly AssemblerRegister64 rows = r12;
    readonly AssemblerRegister64 destinations = r11;
    readonly AssemblerRegister64 tilePitch = rbx;

    // Registers of the loop over steps.
    readonly AssemblerRegister64 weights = r8;
    readonly AssemblerRegister64 offsets = r9;
    readonly AssemblerRegister64 steps = r10;

    // Registers of the rows that become results.
    readonly AssemblerRegister64 finished = r13;
    readonly AssemblerRegister64 sums = rdx;

    readonly TileProductEpilogue epilogue;

    public TileProductGenerator(TileProductShape shape)
    {
        this.shape = shape;
        epilogue = new TileProductEpilogue(asm, shape, arguments);
    }

    Assembler Code => asm.Code;

    public ExecutableMemory Generate()
    {
        asm.Enter(0);
        Code.mov(arguments, VectorAssembler.Argument);
        if (shape.Tiles) Code.ldtilecfg(TileLayout());
        Code.mov(source, Argument(nameof(TileProductArguments.Source)));
        Code.mov(pitch, Argument(nameof(TileProductArguments.SourcePitch)));
        Code.mov(rows, Argument(nameof(TileProductArguments.Rows)));
        Code.mov(destinations, Argument(nameof(TileProductArguments.DestinationOffsets)));
        Code.mov(tilePitch, TileProductKernel.StepBytes);
        if (shape.Tiles) MatrixBlocks();
        else VectorBlocks();
        if (shape.Tiles) Code.tilerelease();
        asm.Leave();
        return asm.Build();
    }

    /// <summary>Block of rows after block of rows.</summary>
    void VectorBlocks()
    {
        epilogue.LoadConstants();
        var block = Code.CreateLabel();
        var done = Code.CreateLabel();
        Code.Label(ref block);
        VectorSums();
        epilogue.LoadPlaces();
        Code.mov(sums, Argument(nameof(TileProductArguments.Sums)));
        CountFinished();
        epilogue.Finish(finished, destinations, sums);
        NextBlock(block, done);
        Code.Label(ref done);
    }

    /// <summary>Block of rows after block of rows. While the tiles of one are multiplied, the sums of the one before become results.</summary>
    void MatrixBlocks()
    {
        epilogue.LoadConstants();
        epilogue.LoadPlaces();
        epilogue.FetchFirst(destinations);
        Code.xor(finished, finished);
        var block = Code.CreateLabel();
        var done = Code.CreateLabel();
        Code.Label(ref block);
        MatrixSums();
        Code.mov(Argument(nameof(TileProductArguments.Sums)), sums);
        Code.mov(Argument(nameof(TileProductArguments.NextSums)), rax);
        Code.mov(sums, rax);
        CountFinished();
        NextBlock(block, done);
        Code.Label(ref done);
        epilogue.Finish(finished, destinations, sums);
    }

    /// <summary>How many rows of the block there are.</summary>
    void CountFinished()
    {
        Code.mov(finished, TileProductKernel.BlockRows);
        Code.cmp(rows, finished);
        Code.cmovl(finished, rows);
    }

    void NextBlock(Label block, Label done)
    {
        Code.sub(rows, TileProductKernel.BlockRows);
        Code.jle(done);
        Code.mov(rax, pitch);
        Code.shl(rax, 5);
        Code.add(source, rax);
        Code.jmp(block);
    }

    AssemblerMemoryOperand Argument(string field) => __qword_ptr[arguments + (int)Marshal.OffsetOf<TileProductArguments>(field)];

    AssemblerMemoryOperand TileLayout()
    {
        Code.mov(rax, Argument(nameof(TileProductArguments.TileLayout)));
        return __zmmword_ptr[rax];
    }

    void StartSteps()
    {
        Code.mov(weights, Argument(nameof(TileProductArguments.Weights)));
        Code.mov(offsets, Argument(nameof(TileProductArguments.StepOffsets)));
        Code.mov(steps, Argument(nameof(TileProductArguments.Steps)));
        Code.test(steps, steps);
    }

    void NextStep(Label turn)
    {
        Code.add(offsets, sizeof(int));
        Code.add(weights, shape.Columns * TileProductKernel.TileBytes);
        Code.dec(steps);
        Code.jne(turn);
    }

    /// <summary>The sums of two times two tiles, or of one times two where the last rows fill no more.</summary>
    void MatrixSums()
    {
        for (var i = 0; i < 4; i++) Code.tilezero(Tile(i));
        var store = Code.CreateLabel();
        var few = Code.CreateLabel();
        StartSteps();
        Code.je(store);
        Code.mov(rcx, pitch);
        Code.shl(rcx, 4);
        Code.cmp(rows, TileProductKernel.Side);
        Code.jle(few);
        MatrixLoop(2);
        Code.jmp(store);
        Code.Label(ref few);
        Code.nop(); // an instruction can have but one label
        MatrixLoop(1);
        Code.Label(ref store);
        Code.nop(); // an instruction can have but one label
        epilogue.Finish(finished, destinations, sums);
        Code.mov(rax, Argument(nameof(TileProductArguments.Sums)));
        Code.mov(rdx, SumsPitch);
        ForEachSum((tile, at) => Code.tilestored(at, tile));
        Code.mov(sums, Argument(nameof(TileProductArguments.NextSums)));
    }

    void ForEachSum(Action<AssemblerRegisterTMM, AssemblerMemoryOperand> action)
    {
        for (var row = 0; row < 2; row++)
        {
            for (var column = 0; column < shape.Columns; column++)
            {
                action(Tile(row * 2 + column), __[rax + rdx + (row * TileProductKernel.Side * SumsPitch + column * TileProductKernel.StepBytes)]);
            }
        }
    }

    void MatrixLoop(int rowTiles)
    {
        var turn = Code.CreateLabel();
        Code.Label(ref turn);
        Code.movsxd(rax, __dword_ptr[offsets]);
        Code.add(rax, source);
        Code.tileloadd(tmm4, __[rax + pitch]);
        for (var column = 0; column < shape.Columns; column++)
        {
            Code.tileloadd(Tile(6 + column), __[weights + tilePitch + column * TileProductKernel.TileBytes]);
            Multiply(Tile(column), tmm4, Tile(6 + column));
            FetchWeights(column, rowTiles);
        }
        if (rowTiles == 2)
        {
            Code.add(rax, rcx);
            Code.tileloadd(tmm5, __[rax + pitch]);
            for (var column = 0; column < shape.Columns; column++)
            {
                Multiply(Tile(2 + column), tmm5, Tile(6 + column));
                FetchWeights(shape.Columns + column, rowTiles);
            }
        }
        Fetch();
        for (var i = 0; i < RowsOfStep; i++) epilogue.TryFinishRow(finished, destinations, sums);
        NextStep(turn);
    }

    /// <summary>
    /// Asks for a share of the weights of a later step, after each product: a tile's lines come from the second-level cache one after another,
    /// too late where another thread uses the same cache.
    /// </summary>
    void FetchWeights(int product, int rowTiles)
    {
        var lines = shape.Columns * TileProductKernel.Side;
        var products = shape.Columns * rowTiles;
        for (var line = lines * product / products; line < lines * (product + 1) / products; line++)
        {
            Code.prefetcht0(__byte_ptr[weights + StepsAhead * shape.Columns * TileProductKernel.TileBytes + line * TileProductKernel.StepBytes]);
        }
    }

    /// <summary>Asks for weights that are wanted later: the processor does not guess what tiles will read.</summary>
    void Fetch()
    {
        if (shape.FetchedLines == 0) return;
        Code.mov(rax, Argument(nameof(TileProductArguments.Fetched)));
        for (var i = 0; i < shape.FetchedLines; i++) Code.prefetcht1(__byte_ptr[rax + i * TileProductKernel.StepBytes]);
        Code.add(rax, shape.FetchedLines * TileProductKernel.StepBytes);
        Code.mov(Argument(nameof(TileProductArguments.Fetched)), rax);
    }

    void Multiply(AssemblerRegisterTMM sum, AssemblerRegisterTMM left, AssemblerRegisterTMM right)
    {
        if (shape.Type == NarrowType.BFloat16) Code.tdpbf16ps(sum, left, right);
        else Code.tdpbusd(sum, left, right);
    }

    static AssemblerRegisterTMM Tile(int index) => index switch
    {
        0 => tmm0,
        1 => tmm1,
        2 => tmm2,
        3 => tmm3,
        6 => tmm6,
        _ => tmm7,
    };

    /// <summary>The same sums in vector registers, eight rows at a time.</summary>
    void VectorSums()
    {
        Code.mov(rdi, Argument(nameof(TileProductArguments.Sums)));
        Code.mov(rdx, source);
        Code.lea(rcx, __[pitch + pitch * 2]);
        // As many eights of rows as there are, so that no row beyond the last tile is read.
        Code.mov(r15, rows);
        var eight = Code.CreateLabel();
        Code.Label(ref eight);
        for (var i = 0; i < VectorRows * shape.Columns; i++) asm.Zero(i);
        var store = Code.CreateLabel();
        var turn = Code.CreateLabel();
        StartSteps();
        Code.je(store);
        Code.Label(ref turn);
        Code.movsxd(rax, __dword_ptr[offsets]);
        Code.add(rax, rdx);
        Code.lea(r13, __[rax + pitch * 4]);
        for (var word = 0; word < TileProductKernel.Side; word++) VectorStep(word);
        NextStep(turn);
        Code.Label(ref store);
        for (var row = 0; row < VectorRows; row++)
        {
            for (var column = 0; column < shape.Columns; column++)
            {
                asm.Store(VectorAssembler.At(rdi, row * SumsPitch + column * TileProductKernel.StepBytes), row * shape.Columns + column);
            }
        }
        Code.add(rdi, VectorRows * SumsPitch);
        Code.lea(rdx, __[rdx + pitch * 8]);
        var done = Code.CreateLabel();
        Code.mov(rax, rdi);
        Code.sub(rax, Argument(nameof(TileProductArguments.Sums)));
        Code.cmp(rax, TileProductKernel.SumsBytes);
        Code.jge(done);
        Code.sub(r15, VectorRows);
        Code.jg(eight);
        Code.Label(ref done);
    }

    /// <summary>Two or four numbers of each row, which are one word, times those of each result.</summary>
    void VectorStep(int word)
    {
        const int Weights = 28, Row = 30;
        var offset = word * sizeof(int);
        for (var column = 0; column < shape.Columns; column++)
        {
            asm.Load(Weights + column, VectorAssembler.At(weights, column * TileProductKernel.TileBytes + word * TileProductKernel.StepBytes));
        }
        for (var row = 0; row < VectorRows; row++)
        {
            var place = row < 4 ? rax : r13;
            var number = (row % 4) switch
            {
                0 => __dword_ptr[place + offset],
                1 => __dword_ptr[place + pitch + offset],
                2 => __dword_ptr[place + pitch * 2 + offset],
                _ => __dword_ptr[place + rcx + offset],
            };
            var temporary = VectorAssembler.Vector512(Row + row % 2);
            Code.vpbroadcastd(temporary, number);
            for (var column = 0; column < shape.Columns; column++)
            {
                var sum = VectorAssembler.Vector512(row * shape.Columns + column);
                var weight = VectorAssembler.Vector512(Weights + column);
                if (shape.Type == NarrowType.BFloat16) Code.vdpbf16ps(sum, temporary, weight);
                else Code.vpdpbusd(sum, temporary, weight);
            }
        }
    }
}
