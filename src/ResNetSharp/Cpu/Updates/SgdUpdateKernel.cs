using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// One step of stochastic gradient descent. PyTorch: g += decay w; v = m v + g; w -= rate v, or rate (g + m v) with Nesterov's momentum.
/// Keras: w -= w decay rate; v = m v - rate g; w += v, or m v - rate g with Nesterov's momentum. The velocity v starts at 0; without
/// momentum it is neither read nor written and may be null.
/// </summary>
internal sealed unsafe class SgdUpdateKernel(OptimizerRule rule, SgdSettings* settings, float* weights, float* gradient, float* velocity, long n)
    : ElementwiseKernel(n)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        float* w = weights + begin, g = gradient + begin;
        var momentum = settings->Momentum != 0;
        for (var i = 0; i < count; i += Vector<float>.Count)
        {
            var rest = count - i;
            Vector<float> v = default;
            if (rest >= Vector<float>.Count)
            {
                if (momentum) v = Vector.Load(velocity + begin + i);
                Step(Vector.Load(w + i), Vector.Load(g + i), ref v).Store(w + i);
                if (momentum) v.Store(velocity + begin + i);
            }
            else
            {
                if (momentum) v = Lanes.Load(velocity + begin + i, rest);
                Lanes.Store(Step(Lanes.Load(w + i, rest), Lanes.Load(g + i, rest), ref v), w + i, rest);
                if (momentum) Lanes.Store(v, velocity + begin + i, rest);
            }
        }
    }

    Vector<float> Step(Vector<float> w, Vector<float> g, ref Vector<float> v)
    {
        var s = settings;
        Vector<float> rate = new(s->LearningRate), momentum = new(s->Momentum);
        g *= new Vector<float>(s->GradientScale);
        if (rule == OptimizerRule.Keras)
        {
            w -= w * new Vector<float>(s->WeightDecay * s->LearningRate);
            v = momentum * v - rate * g;
            return w + (s->Nesterov ? momentum * v - rate * g : v);
        }
        if (s->WeightDecay != 0) g += w * new Vector<float>(s->WeightDecay);
        v = momentum * v + g;
        return w - rate * (s->Nesterov ? momentum * v + g : v);
    }
}
