using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

/// <summary>Decides where each tensor of a plan lives.</summary>
internal sealed unsafe class PlanMemory
{
    readonly Dictionary<Tensor, Storage> storages = [];
    readonly Dictionary<Tensor, int> pitches = [];
    readonly List<object> kept = [];
    readonly List<Node> order;
    NativeBuffer arena = new(0);

    /// <summary>Plans the memory.</summary>
    /// <param name="order">The nodes in the order of computation.</param>
    /// <param name="outputs">Tensors that are read after the plan has run.</param>
    public PlanMemory(List<Node> order, IEnumerable<Tensor> outputs)
    {
        this.order = order;
        for (var step = 0; step < order.Count; step++) Introduce(order[step], step);
        foreach (var output in outputs) storages[output].Last = int.MaxValue;
        foreach (var (part, whole, channel) in ChannelSlices.Of(order, outputs)) PutInto(part, whole, channel);
        for (var step = 0; step < order.Count; step++) MergeInPlace(order[step], step);
        ArenaBytes = ArenaLayout.Place(storages.Values.Select(s => s.Root).Distinct().Where(s => s.Fixed == null));
    }

    /// <summary>The size of the shared memory that activations and gradients need.</summary>
    public long ArenaBytes { get; }

    /// <summary>Gives the plan its memory; addresses are known from then on.</summary>
    public void Allocate(ArenaPool pool) => arena = pool.Lend(ArenaBytes);

    /// <summary>The address of a tensor's first element.</summary>
    public float* this[Tensor tensor]
    {
        get
        {
            var storage = storages[tensor].Root;
            return (float*)((storage.Fixed != null ? storage.Fixed : arena.Pointer + storage.Offset) + storages[tensor].Shift);
        }
    }

    /// <summary>Elements from one of a tensor's pixels to the next: more than its channels where it is part of a concatenation.</summary>
    public int Pitch(Tensor tensor) => pitches.TryGetValue(tensor, out var pitch) ? pitch : tensor.Shape[-1];

    /// <summary>Whether a tensor lies in a concatenation where the channels from a certain one on are.</summary>
    public bool LiesIn(Tensor part, Tensor whole, long channel) =>
        pitches.ContainsKey(part) && Share(part, whole) && storages[part].Shift == storages[whole].Shift + channel * part.ElementType.Size();

    /// <summary>Whether two tensors share their memory.</summary>
    public bool Share(Tensor a, Tensor b) => storages[a].Root == storages[b].Root;

    /// <summary>Memory that lives as long as the plan.</summary>
    public float* Persistent(long count)
    {
        var buffer = new NativeBuffer(count * sizeof(float));
        kept.Add(buffer);
        return (float*)buffer.Pointer;
    }

    void Introduce(Node node, int step)
    {
        foreach (var input in node.Inputs) storages[input].Last = Math.Max(storages[input].Last, step);
        foreach (var output in node.Outputs)
            storages[output] = node.Operation switch
            {
                { ViewOf: >= 0 and var source } => storages[node.Inputs[source]],
                Leaf leaf => new Storage { Fixed = Fixed(leaf, output) },
                _ => new Storage { Bytes = output.Shape.Size * output.ElementType.Size(), First = step, Last = step },
            };
    }

    byte* Fixed(Leaf leaf, Tensor output)
    {
        switch (leaf)
        {
            case ParameterRead read:
                kept.Add(read.Parameter);
                return (byte*)read.Parameter.Pointer;
            case Constant constant:
                var numbers = Persistent(constant.Values.Length);
                constant.Values.CopyTo(new Span<float>(numbers, constant.Values.Length));
                return (byte*)numbers;
            default:
                return (byte*)Persistent(output.Shape.Size);
        }
    }

    void PutInto(Tensor part, Tensor whole, int channel)
    {
        storages[whole].Absorb(storages[part], (long)channel * part.ElementType.Size());
        pitches[part] = Pitch(whole);
    }

    void MergeInPlace(Node node, int step)
    {
        foreach (var (input, output) in InPlace.Choices(node))
        {
            var from = storages[node.Inputs[input]].Root;
            var to = storages[node.Outputs[output]].Root;
            if (from.Fixed != null || to.Fixed != null || from == to || from.Last != step || from.Bytes != to.Bytes) continue;
            if (pitches.ContainsKey(node.Inputs[input]) || pitches.ContainsKey(node.Outputs[output])) continue;
            // Another input in the same memory would be overwritten before it is read.
            if (node.Inputs.Where((other, i) => i != input && storages[other].Root == from).Any()) continue;
            from.Absorb(to);
            return;
        }
    }
}
