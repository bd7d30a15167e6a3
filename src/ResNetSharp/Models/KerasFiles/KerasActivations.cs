using System.Text.Json;

namespace ResNetSharp.Models;

/// <summary>Keras' names of activations.</summary>
internal static class KerasActivations
{
    static readonly (string Name, Activation Activation)[] Names =
    [
        ("linear", Activation.Linear), ("relu", Activation.Relu), ("relu6", Activation.Relu6), ("elu", Activation.Elu), ("selu", Activation.Selu),
        ("gelu", Activation.Gelu), ("sigmoid", Activation.Sigmoid), ("tanh", Activation.Tanh), ("silu", Activation.Silu), ("softplus", Activation.Softplus),
        ("hard_sigmoid", Activation.HardSigmoid), ("hard_silu", Activation.HardSwish), ("softmax", Activation.Softmax),
        // Further names of the same functions.
        ("swish", Activation.Silu), ("hard_swish", Activation.HardSwish),
    ];

    /// <summary>The activation that a layer's settings name; none without a name.</summary>
    /// <param name="settings">The layer's settings.</param>
    /// <param name="version">Keras' major version; the hard sigmoid was another function before 3.</param>
    public static Activation Read(KerasSettings settings, int version)
    {
        if (settings.Find("activation") is not { } found) return Activation.Linear;
        var name = found.Json.ValueKind == JsonValueKind.String ? found.Text("activation") : found.FindText("class_name") ?? "?";
        foreach (var (known, activation) in Names)
            if (known == name && (version >= 3 || activation is not (Activation.HardSigmoid or Activation.HardSwish))) return activation;
        throw settings.Fail($"the activation '{name}' is not supported");
    }

    /// <summary>Keras' name of an activation; null if Keras has another function of that name, or none.</summary>
    public static string? NameOf(Activation activation) => Array.Find(Names, known => known.Activation == activation).Name;
}
