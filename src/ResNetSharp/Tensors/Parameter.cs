using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp;

/// <summary>What role a parameter plays.</summary>
public enum ParameterKind
{
    /// <summary>Learned by gradient descent.</summary>
    Weight,

    /// <summary>Measured while training, such as a running mean; part of a saved network, never touched by an optimizer.</summary>
    Statistic,
}

/// <summary>A named block of numbers that belongs to a layer: weights that are learned, or statistics that are measured.</summary>
public sealed unsafe class Parameter
{
    /// <summary>Writes all numbers of a parameter.</summary>
    internal delegate void Writer(Span<float> values);

    readonly Initializer initializer;
    readonly Lock allocation = new();
    NumberBlock? memory;
    int start;

    internal Parameter(string localName, Shape shape, Initializer initializer, ParameterKind kind = ParameterKind.Weight)
    {
        LocalName = Name = localName;
        Shape = shape;
        this.initializer = initializer;
        Kind = kind;
    }

    /// <summary>The path from the model: <c>layer1.0.conv1.weight</c>.</summary>
    public string Name { get; internal set; }

    /// <summary>The name within its layer: <c>weight</c>.</summary>
    public string LocalName { get; }

    /// <summary>The extents. Convolutions are (height, width, input channels / groups, output channels), dense layers (inputs, outputs).</summary>
    public Shape Shape { get; }

    /// <summary>Weight or statistic.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Whether training leaves it as it is.</summary>
    public bool Frozen { get; internal set; }

    /// <summary>
    /// For weights from a file of a quantized network, which are integers from -127 to 127 times a step: the steps, one an output channel.
    /// </summary>
    internal float[]? Steps { get; set; }

    /// <summary>Whether an optimizer changes it.</summary>
    public bool Trainable => Kind == ParameterKind.Weight && !Frozen;

    /// <summary>
    /// The numbers, drawn by the layer's initialiser when first read. After writing to them call <see cref="MarkChanged"/>, so that
    /// compiled plans which prepared these weights prepare them again.
    /// </summary>
    public Span<float> Values => Drawn().Numbers(start, Count);

    /// <summary>Whether the numbers exist yet.</summary>
    internal bool IsDrawn => memory is not null;

    /// <summary>How often the numbers were changed.</summary>
    internal long Version { get; private set; }

    /// <summary>The seed that, with the name, decides the first values.</summary>
    internal ulong Seed { get; set; }

    /// <summary>The address of the first number; whoever keeps it must keep the parameter as well.</summary>
    internal float* Pointer => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Values));

    /// <summary>Says that <see cref="Values"/> was written to.</summary>
    public void MarkChanged() => Version++;

    /// <summary>Replaces the numbers.</summary>
    /// <exception cref="ShapeException">The count differs from that of <see cref="Shape"/>.</exception>
    public void SetValues(ReadOnlySpan<float> values)
    {
        if (values.Length != Shape.Size)
            throw new ShapeException($"parameter '{Name}' of shape {Shape} has {Shape.Size} values, but {values.Length} were given");
        values.CopyTo(Values);
        MarkChanged();
    }

    /// <summary>
    /// Writes over every number, and says so. Where there are none yet, no first values are drawn, and if the writer fails there still are none:
    /// nobody sees memory that was not written to.
    /// </summary>
    /// <param name="write">Writes all numbers; what stands there before means nothing.</param>
    /// <param name="block">Where the numbers are put if there are none yet; a block of their own if null.</param>
    /// <param name="place">Where in the block.</param>
    internal void Overwrite(Writer write, NumberBlock? block = null, int place = 0)
    {
        if (IsDrawn) OverwriteDrawn(write);
        else
        {
            block ??= new NumberBlock(Count);
            var numbers = block.Numbers(place, Count);
            write(numbers);
            lock (allocation)
            {
                // Whoever drew them meanwhile may keep their address.
                if (memory is not null) numbers.CopyTo(memory.Numbers(start, Count));
                else (start, memory) = (place, block);
            }
            MarkChanged();
        }
    }

    /// <summary>The parameter as a tensor of the graph.</summary>
    internal Tensor Read() => new ParameterRead(this).Apply();

    /// <summary>Draws the first values again, from another seed.</summary>
    internal void Reinitialize(ulong seed)
    {
        Seed = seed;
        lock (allocation)
        {
            if (memory is null) return;
            Draw(memory);
        }
        MarkChanged();
    }

    void OverwriteDrawn(Writer write)
    {
        try
        {
            write(Values);
        }
        finally
        {
            // A writer that fails may have written some.
            MarkChanged();
        }
    }

    int Count => checked((int)Shape.Size);

    /// <summary>The memory, with first values in it.</summary>
    NumberBlock Drawn()
    {
        lock (allocation)
        {
            if (memory is not null) return memory;
            var made = new NumberBlock(Count);
            Draw(made);
            return memory = made;
        }
    }

    void Draw(NumberBlock into)
    {
        var random = RandomSource.For(Seed, RandomSource.HashOf(Name));
        var numbers = into.Numbers(start, Count);
        numbers.Clear();
        initializer.Fill(numbers, Shape, ref random);
    }
}
