using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// One step of Adam (Kingma and Ba, 2015) at time t: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g². PyTorch:
/// w -= rate / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + epsilon). Keras: w -= rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon).
/// Weight decay is added to the gradient, or, in AdamW and Keras, shrinks the weights by rate times decay first.
/// </summary>
internal sealed unsafe class AdamUpdateKernel(
    OptimizerRule rule, AdamSettings* settings, float* weights, float* gradient, float* mean, float* variance, long n) : ElementwiseKernel(n)
{
    Vector<float> rate;
    Vector<float> rootFactor;

    public override void Run(Workers workers)
    {
        var s = settings;
        var first = 1 - Math.Pow(s->Beta1, s->Step);
        var second = Math.Sqrt(1 - Math.Pow(s->Beta2, s->Step));
        rate = new Vector<float>((float)(rule == OptimizerRule.Keras ? s->LearningRate * second / first : s->LearningRate / first));
        rootFactor = new Vector<float>((float)(rule == OptimizerRule.Keras ? 1 : 1 / second));
        base.Run(workers);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        float* w = weights + begin, g = gradient + begin, m = mean + begin, v = variance + begin;
        for (var i = 0; i < count; i += Vector<float>.Count)
        {
            var rest = count - i;
            if (rest >= Vector<float>.Count)
            {
                Vector<float> m1 = Vector.Load(m + i), v1 = Vector.Load(v + i);
                Step(Vector.Load(w + i), Vector.Load(g + i), ref m1, ref v1).Store(w + i);
                m1.Store(m + i);
                v1.Store(v + i);
            }
            else
            {
                Vector<float> m1 = Lanes.Load(m + i, rest), v1 = Lanes.Load(v + i, rest);
                Lanes.Store(Step(Lanes.Load(w + i, rest), Lanes.Load(g + i, rest), ref m1, ref v1), w + i, rest);
                Lanes.Store(m1, m + i, rest);
                Lanes.Store(v1, v + i, rest);
            }
        }
    }

    Vector<float> Step(Vector<float> w, Vector<float> g, ref Vector<float> m, ref Vector<float> v)
    {
        var s = settings;
        g *= new Vector<float>(s->GradientScale);
        if (rule == OptimizerRule.Torch) g += w * new Vector<float>(s->WeightDecay);
        else w -= w * new Vector<float>(s->LearningRate * s->WeightDecay);
        m += (g - m) * new Vector<float>(1 - s->Beta1);
        v += (g * g - v) * new Vector<float>(1 - s->Beta2);
        return w - rate * m / Vector.FusedMultiplyAdd(Vector.SquareRoot(v), rootFactor, new Vector<float>(s->Epsilon));
    }
}
