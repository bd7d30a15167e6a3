using ResNetSharp.Cpu;

namespace ResNetSharp.Tests.Cpu;

public sealed class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(64)]
    public void Every_part_runs_once_in_loop_after_loop(int threads)
    {
        using var workers = new Workers(threads);
        var random = new Random(threads);
        for (var loop = 0; loop < 3000; loop++)
        {
            var body = new Counting(random.Next(0, 2 * threads), threads);
            workers.Run(body, body.Counts.Length);
            Assert.All(body.Counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_failing_part_fails_the_loop_and_the_next_loop_runs()
    {
        using var workers = new Workers(3);
        for (var loop = 0; loop < 50; loop++)
        {
            var error = Assert.Throws<AggregateException>(() => workers.Run(new Failing(), 20));
            Assert.IsType<InvalidOperationException>(error.InnerException);
            var body = new Counting(10, 3);
            workers.Run(body, 10);
            Assert.All(body.Counts, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(24)]
    public void Sleeping_workers_wake_each_other_up(int threads)
    {
        using var workers = new Workers(threads);
        for (var loop = 0; loop < 3; loop++)
        {
            Thread.Sleep(50);
            var body = new Meeting(threads);
            workers.Run(body, threads);
            Assert.Equal(threads, body.Arrived);
        }
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 6)]
    [InlineData(3, 12)]
    [InlineData(5, 3)]
    public void Workers_that_are_equally_fast_do_the_same_share_of_every_loop(int threads, int parts)
    {
        using var workers = new Workers(threads);
        var team = Math.Min(threads, parts);
        for (var loop = 0; loop < 5; loop++)
        {
            using var body = new InStep(team, parts);
            workers.Run(body, parts);
            Assert.Equal(Enumerable.Range(0, parts).Select(part => part / (parts / team)), body.Owners);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void A_team_that_is_let_go_ends_its_threads_and_still_finishes_its_loops(int pause)
    {
        var workers = new Workers(4);
        Thread.Sleep(pause);
        Assert.True(workers.IsAlive);
        workers.Dispose();
        Assert.True(SpinWait.SpinUntil(() => !workers.IsAlive, TimeSpan.FromSeconds(30)));
        var body = new Counting(20, 4);
        workers.Run(body, 20);
        Assert.All(body.Counts, count => Assert.Equal(1, count));
    }

    sealed class Counting(int parts, int threads) : IParallelBody
    {
        public int[] Counts { get; } = new int[parts];

        public void Execute(int part, int worker)
        {
            Assert.InRange(worker, 0, threads - 1);
            Interlocked.Increment(ref Counts[part]);
        }
    }

    sealed class Failing : IParallelBody
    {
        public void Execute(int part, int worker)
        {
            if (part == 7) throw new InvalidOperationException("part 7");
        }
    }

    /// <summary>All of a team finish a part before any begins the next.</summary>
    sealed class InStep(int team, int parts) : IParallelBody, IDisposable
    {
        readonly Barrier barrier = new(team);

        public int[] Owners { get; } = new int[parts];

        public void Execute(int part, int worker)
        {
            Owners[part] = worker;
            Assert.True(barrier.SignalAndWait(TimeSpan.FromMinutes(1)), "the others did not come");
        }

        public void Dispose() => barrier.Dispose();
    }

    /// <summary>Parts that wait for each other: done only if as many threads take part.</summary>
    sealed class Meeting(int threads) : IParallelBody
    {
        int arrived;

        public int Arrived => arrived;

        public void Execute(int part, int worker)
        {
            Interlocked.Increment(ref arrived);
            SpinWait.SpinUntil(() => Volatile.Read(ref arrived) == threads);
        }
    }
}
