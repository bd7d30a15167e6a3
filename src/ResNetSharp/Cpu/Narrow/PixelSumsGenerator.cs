using System.Runtime.InteropServices;
using Iced.Intel;
using ResNetSharp.Cpu.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace ResNetSharp.Cpu;

/// <summary>Writes the machine code of a <see cref="PixelSumsKernel"/>.</summary>
internal sealed class PixelSumsGenerator(PixelSumsShape shape)
{
    /// <summary>Rows whose sums fit into vector registers at once.</summary>
    public const int VectorRows = 8;

    /// <summary>Bytes of a row of 16 sums, or of 32 numbers.</summary>
    const int RowBytes = 64;

    readonly VectorAssembler asm = new(InstructionSet.Avx512);

    // Registers that keep their meaning throughout.
    readonly AssemblerRegister64 arguments = rbp;
    readonly AssemblerRegister64 distances = rsi;
    readonly AssemblerRegister64 blocks = r12;
    readonly AssemblerRegister64 sums = r13;
    readonly AssemblerRegister64 pitch = rbx;
    readonly AssemblerRegister64 ahead = r14;

    // Registers of the loop over steps.
    readonly AssemblerRegister64[] rows = [r8, r9];
    readonly AssemblerRegister64[] columns = [r10, r11, rax, rcx, rdx];
    readonly AssemblerRegister64 steps = r15;
    readonly AssemblerRegister64 temporary = rdi;

    static readonly AssemblerRegisterTMM[] tiles = [tmm0, tmm1, tmm2, tmm3, tmm4, tmm5, tmm6, tmm7];

    Assembler Code => asm.Code;

    public ExecutableMemory Generate()
    {
        asm.Enter(0);
        Code.mov(arguments, VectorAssembler.Argument);
        if (shape.Tiles)
        {
            Code.mov(temporary, Argument(nameof(PixelSumsArguments.TileLayout)));
            Code.ldtilecfg(__zmmword_ptr[temporary]);
        }
        Code.mov(distances, Argument(nameof(PixelSumsArguments.Distances)));
        Code.mov(blocks, Argument(nameof(PixelSumsArguments.Blocks)));
        Code.mov(sums, Argument(nameof(PixelSumsArguments.Sums)));
        Code.mov(pitch, RowBytes);
        if (!shape.Tiles) Code.mov(ahead, Argument(nameof(PixelSumsArguments.Ahead)));
        var block = Code.CreateLabel();
        Code.Label(ref block);
        if (shape.Tiles) MatrixBlock();
        else
        {
            for (var row = 0; row < PixelSumsKernel.Side; row += VectorRows) VectorBlock(row);
        }
        Code.add(distances, shape.Columns * sizeof(int));
        Code.add(sums, shape.Columns * PixelSumsKernel.BlockBytes);
        Code.dec(blocks);
        Code.jne(block);
        if (shape.Tiles) Code.tilerelease();
        asm.Leave();
        return asm.Build();
    }

    AssemblerMemoryOperand Argument(string field) => __qword_ptr[arguments + (int)Marshal.OffsetOf<PixelSumsArguments>(field)];

    /// <summary>Sets the pointers to the first step's numbers.</summary>
    void StartSteps()
    {
        for (var row = 0; row < shape.Rows; row++)
        {
            Code.mov(rows[row], row == 0 ? Argument(nameof(PixelSumsArguments.Rows)) : Argument(nameof(PixelSumsArguments.RowsPitch)));
            if (row > 0) Code.add(rows[row], rows[0]);
        }
        for (var column = 0; column < shape.Columns; column++)
        {
            Code.movsxd(columns[column], __dword_ptr[distances + column * sizeof(int)]);
            Code.add(columns[column], Argument(nameof(PixelSumsArguments.Pairs)));
        }
        Code.mov(steps, Argument(nameof(PixelSumsArguments.Steps)));
    }

    void NextStep(Label turn)
    {
        for (var row = 0; row < shape.Rows; row++) Code.add(rows[row], PixelSumsKernel.BlockBytes);
        for (var column = 0; column < shape.Columns; column++) Code.add(columns[column], PixelSumsKernel.BlockBytes);
        Code.dec(steps);
        Code.jne(turn);
    }

    /// <summary>Runs one way to start where sums are added to those that are there, and another where they begin with zero.</summary>
    void StartSums(Action load, Action clear)
    {
        var start = Code.CreateLabel();
        var end = Code.CreateLabel();
        Code.cmp(Argument(nameof(PixelSumsArguments.Accumulate)), 0);
        Code.je(start);
        load();
        Code.jmp(end);
        Code.Label(ref start);
        clear();
        Code.Label(ref end);
    }

    void MatrixBlock()
    {
        StartSums(
            () => ForEachSum((tile, at) => Code.tileloadd(tile, at)),
            () =>
            {
                for (var i = 0; i < shape.Rows * shape.Columns; i++) Code.tilezero(tiles[i]);
            });
        StartSteps();
        var turn = Code.CreateLabel();
        Code.Label(ref turn);
        for (var row = 0; row < shape.Rows; row++)
        {
            var left = tiles[shape.Rows == 2 ? 4 + row : 5];
            Code.tileloadd(left, __[rows[row] + pitch]);
            for (var column = 0; column < shape.Columns; column++)
            {
                var right = tiles[6 + column % 2];
                if (row == 0) Code.tileloadd(right, __[columns[column] + pitch]);
                Code.tdpbf16ps(tiles[row * shape.Columns + column], left, right);
            }
        }
        NextStep(turn);
        ForEachSum((tile, at) => Code.tilestored(at, tile));
    }

    void ForEachSum(Action<AssemblerRegisterTMM, AssemblerMemoryOperand> action)
    {
        Code.mov(temporary, sums);
        for (var row = 0; row < shape.Rows; row++)
        {
            if (row > 0) Code.add(temporary, Argument(nameof(PixelSumsArguments.SumsPitch)));
            for (var column = 0; column < shape.Columns; column++)
            {
                action(tiles[row * shape.Columns + column], __[temporary + pitch + column * PixelSumsKernel.BlockBytes]);
            }
        }
    }

    /// <summary>The sums of eight rows in vector registers.</summary>
    void VectorBlock(int firstRow)
    {
        StartSums(
            () => ForEachVector(firstRow, asm.Load),
            () =>
            {
                for (var i = 0; i < VectorRows * shape.Columns; i++) asm.Zero(i);
            });
        StartSteps();
        var turn = Code.CreateLabel();
        Code.Label(ref turn);
        for (var pair = 0; pair < PixelSumsKernel.Side; pair++)
        {
            VectorStep(firstRow, pair);
            if (pair < PixelSumsKernel.AheadLines) Code.prefetcht1(__byte_ptr[ahead + pair * NativeBuffer.Alignment]);
        }
        Code.add(ahead, PixelSumsKernel.AheadLines * NativeBuffer.Alignment);
        NextStep(turn);
        ForEachVector(firstRow, (vector, at) => asm.Store(at, vector));
    }

    void ForEachVector(int firstRow, Action<int, MemoryOperand> action)
    {
        for (var row = 0; row < VectorRows; row++)
        {
            for (var column = 0; column < shape.Columns; column++)
            {
                action(row * shape.Columns + column, VectorAssembler.At(sums, column * PixelSumsKernel.BlockBytes + (firstRow + row) * RowBytes));
            }
        }
    }

    /// <summary>Two numbers of each row, which are one word, times those of each column.</summary>
    void VectorStep(int firstRow, int pair)
    {
        const int Columns = 28, Row = 30;
        for (var column = 0; column < shape.Columns; column++) asm.Load(Columns + column, VectorAssembler.At(columns[column], pair * RowBytes));
        for (var row = 0; row < VectorRows; row++)
        {
            var number = VectorAssembler.Vector512(Row + row % 2);
            Code.vpbroadcastd(number, __dword_ptr[rows[0] + (pair * RowBytes + (firstRow + row) * sizeof(int))]);
            for (var column = 0; column < shape.Columns; column++)
            {
                Code.vdpbf16ps(VectorAssembler.Vector512(row * shape.Columns + column), number, VectorAssembler.Vector512(Columns + column));
            }
        }
    }
}
