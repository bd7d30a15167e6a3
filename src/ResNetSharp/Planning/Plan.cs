using System.Diagnostics;
using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Planning;

/// <summary>
/// A graph made ready for one set of input shapes: a flat list of kernels over one block of memory. Running it allocates nothing.
/// </summary>
internal sealed unsafe class Plan
{
    readonly PlanMemory memory;
    readonly Kernel[] preparations;
    readonly Kernel[] seeds;
    readonly Kernel[] steps;
    readonly Parameter[] prepared;
    readonly NativeBuffer seed = new(sizeof(ulong));
    NativeBuffer scratch = new(0);
    int scratchWorkers;
    long preparedVersion = -1;

    /// <summary>Plans the computation of some tensors of a graph that the passes have been over.</summary>
    /// <param name="outputs">What can be read afterwards.</param>
    /// <param name="effects">What is computed for its effects: updates of parameters.</param>
    /// <param name="pool">Where the memory comes from.</param>
    public Plan(IReadOnlyList<Tensor> outputs, IEnumerable<Tensor> effects, ArenaPool pool)
    {
        var order = Schedule.Order(outputs.Concat(effects));
        memory = new PlanMemory(order, outputs);
        memory.Allocate(pool);
        var trained = order.Select(n => n.Operation).OfType<ParameterUpdate>().Select(u => u.Parameter).ToHashSet();
        var lowering = new Lowering(memory, (ulong*)seed.Pointer, trained);
        var owners = new List<Node>();
        foreach (var node in order)
        {
            lowering.Lower(node);
            while (owners.Count < lowering.Steps.Count) owners.Add(node);
        }
        Owners = owners;
        preparations = [.. lowering.Preparations];
        seeds = [.. lowering.Seeds];
        steps = [.. lowering.Steps];
        prepared = [.. lowering.PreparedParameters];
        PlaceConstantWeights();
        ReserveScratch(Processor.Workers.Count);
        Nodes = order;
    }

    /// <summary>What is computed, in order.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The kernels, in order; for tests and measurements.</summary>
    public IReadOnlyList<Kernel> Steps => steps;

    /// <summary>The node that each of the <see cref="Steps"/> computes, or a part of it.</summary>
    public IReadOnlyList<Node> Owners { get; }

    /// <summary>The memory that activations and gradients need, in bytes.</summary>
    public long ArenaBytes => memory.ArenaBytes;

    /// <summary>The memory that kernels use while they run, in bytes.</summary>
    public long ScratchBytes => scratch.Bytes;

    /// <summary>The numbers of an input, to be written before a run, or of an output, to be read after it.</summary>
    public Span<float> Floats(Tensor tensor) => new(memory[tensor], checked((int)tensor.Shape.Size));

    /// <summary>The labels of an input, to be written before a run.</summary>
    public Span<int> Labels(Tensor tensor) => new(memory[tensor], checked((int)tensor.Shape.Size));

    /// <summary>Computes.</summary>
    /// <param name="randomSeed">Decides what dropout drops; different for each step.</param>
    /// <param name="ticks">Where wanted, receives how long each of the <see cref="Steps"/> took, in ticks of <see cref="Stopwatch"/>.</param>
    public void Run(ulong randomSeed = 0, long[]? ticks = null)
    {
        var workers = Processor.Workers;
        lock (workers)
        {
            Prepare(workers);
            *(ulong*)seed.Pointer = randomSeed;
            foreach (var kernel in seeds) kernel.Run(workers);
            if (ticks is null) foreach (var step in steps) step.Run(workers);
            else RunTimed(workers, ticks);
        }
        GC.KeepAlive(this);
    }

    void RunTimed(Workers workers, long[] ticks)
    {
        var before = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i].Run(workers);
            var after = Stopwatch.GetTimestamp();
            ticks[i] = after - before;
            before = after;
        }
    }

    /// <summary>Computes one tensor as in prediction.</summary>
    public static float[] Evaluate(Tensor tensor)
    {
        if (tensor.Producer.Operation is Constant constant) return [.. constant.Values];
        var open = Node.Reachable([tensor]).FirstOrDefault(n => n.Operation is Input);
        if (open is not null)
            throw new InvalidOperationException($"the numbers of {tensor} are not known: they depend on an input of shape {open.Outputs[0].Shape}; apply the model to numbers, or use Predict");
        var output = new NormalizationFusion().Rewrite(Passes.ForInference([tensor]));
        var plan = new Plan(output, [], new ArenaPool());
        plan.Run();
        var numbers = plan.Floats(output[0]).ToArray();
        // The numbers lie in memory that goes with the plan.
        GC.KeepAlive(plan);
        return numbers;
    }

    /// <summary>Puts weights that stay the same into one block, in the order in which they are read, so that it is worth large pages.</summary>
    void PlaceConstantWeights()
    {
        WeightedKernel[] kernels = [.. steps.OfType<WeightedKernel>().Where(k => k.WeightsAreConstant)];
        var block = new NativeBuffer(kernels.Sum(Room));
        var used = 0L;
        foreach (var kernel in kernels)
        {
            kernel.Place(block, used);
            used += Room(kernel);
        }

        static long Room(WeightedKernel kernel) => NativeBuffer.Lines(kernel.PackedBytes);
    }

    /// <summary>Gives the kernels room to work in. Done again when the number of threads was raised after the plan was made.</summary>
    void ReserveScratch(int workers)
    {
        scratch = new NativeBuffer(preparations.Concat(steps).Select(k => k.ScratchBytes(workers)).DefaultIfEmpty().Max());
        foreach (var kernel in preparations.Concat(steps)) kernel.Scratch = scratch.Pointer;
        scratchWorkers = workers;
    }

    /// <summary>Makes the weights ready that the first run would make ready.</summary>
    public void Prepare()
    {
        var workers = Processor.Workers;
        lock (workers) Prepare(workers);
        GC.KeepAlive(this);
    }

    /// <summary>Folds and packs again what depends on parameters that have changed.</summary>
    void Prepare(Workers workers)
    {
        if (workers.Count > scratchWorkers) ReserveScratch(workers.Count);
        long version = 0;
        foreach (var parameter in prepared) version += parameter.Version;
        if (version == preparedVersion) return;
        foreach (var kernel in preparations) kernel.Run(workers);
        preparedVersion = version;
    }
}
