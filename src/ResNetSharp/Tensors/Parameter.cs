using ResNetSharp.Cpu;
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
    readonly Initializer initializer;
    readonly Lock allocation = new();
    NativeBuffer? buffer;

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

    /// <summary>Whether an optimizer changes it.</summary>
    public bool Trainable => Kind == ParameterKind.Weight && !Frozen;

    /// <summary>
    /// The numbers, drawn by the layer's initialiser when first read. After writing to them call <see cref="MarkChanged"/>, so that
    /// compiled plans which prepared these weights prepare them again.
    /// </summary>
    public Span<float> Values => new(Pointer, checked((int)Shape.Size));

    /// <summary>How often the numbers were changed.</summary>
    internal long Version { get; private set; }

    /// <summary>The seed that, with the name, decides the first values.</summary>
    internal ulong Seed { get; set; }

    internal float* Pointer
    {
        get
        {
            lock (allocation)
            {
                if (buffer is null)
                {
                    buffer = new NativeBuffer(Shape.Size * sizeof(float));
                    Draw();
                }
                return (float*)buffer.Pointer;
            }
        }
    }

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

    /// <summary>The parameter as a tensor of the graph.</summary>
    internal Tensor Read() => new ParameterRead(this).Apply();

    /// <summary>Draws the first values again, from another seed.</summary>
    internal void Reinitialize(ulong seed)
    {
        Seed = seed;
        if (buffer is null) return;
        Draw();
        MarkChanged();
    }

    void Draw()
    {
        var random = RandomSource.For(Seed, HashName(Name));
        initializer.Fill(new Span<float>(buffer!.Pointer, checked((int)Shape.Size)), Shape, ref random);
    }

    /// <summary>FNV-1a, so that first values depend on the path and not on the order in which layers were made.</summary>
    static ulong HashName(string name)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var c in name) hash = (hash ^ c) * 0x100000001b3;
        return hash;
    }
}
