using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Groups of few channels taken together: a register has room for several, and with zeros for the weights between them they compute the
/// same in one go. The products with zero cost less than the lanes that narrow groups would leave empty.
/// </summary>
internal static unsafe class JointGroups
{
    /// <summary>The convolution with as many groups taken together as fit into a register.</summary>
    public static ConvolutionGeometry Join(ConvolutionGeometry g, InstructionSet set) => Join(g, TileKernel.Lanes(set));

    /// <summary>The convolution with as many groups taken together as have together a number of channels at most.</summary>
    public static ConvolutionGeometry Join(ConvolutionGeometry g, int channels)
    {
        var most = channels / Math.Max(g.GroupInChannels, g.GroupOutChannels);
        var joint = 1;
        for (var i = 2; i <= Math.Min(most, g.Groups); i++)
        {
            if (g.Groups % i == 0) joint = i;
        }
        return g with { Groups = g.Groups / joint };
    }

    /// <summary>Writes a tap's weights for some output channels as if the joint groups were one.</summary>
    /// <param name="single">The true geometry.</param>
    /// <param name="weights">The tap's weights: (input channels of the true group, output channels).</param>
    /// <param name="firstOutput">The first output channel of the joint group.</param>
    /// <param name="outputs">Output channels of the joint group.</param>
    /// <param name="to">The result, cleared here.</param>
    /// <param name="inputPitch">Numbers between the results for two input channels.</param>
    /// <param name="outputPitch">Numbers between the results for two output channels.</param>
    /// <param name="length">Length of the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(
        ConvolutionGeometry single, float* weights, int firstOutput, int outputs, float* to, int inputPitch, int outputPitch, int length)
    {
        new Span<float>(to, length).Clear();
        for (var output = 0; output < outputs; output++)
        {
            var firstInput = output / single.GroupOutChannels * single.GroupInChannels;
            for (var c = 0; c < single.GroupInChannels; c++)
            {
                to[(firstInput + c) * inputPitch + output * outputPitch] = weights[(long)c * single.OutChannels + firstOutput + output];
            }
        }
    }

    /// <summary>Takes the true groups' weight gradients out of those of the joint ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Extract(ConvolutionGeometry single, ConvolutionGeometry joint, float* from, float* to)
    {
        for (var tap = 0; tap < single.Taps; tap++)
        {
            for (var output = 0; output < single.OutChannels; output++)
            {
                var firstInput = output % joint.GroupOutChannels / single.GroupOutChannels * single.GroupInChannels;
                for (var c = 0; c < single.GroupInChannels; c++)
                {
                    to[((long)tap * single.GroupInChannels + c) * single.OutChannels + output] =
                        from[((long)tap * joint.GroupInChannels + firstInput + c) * single.OutChannels + output];
                }
            }
        }
    }
}
