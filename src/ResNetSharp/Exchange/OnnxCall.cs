using ResNetSharp.Formats;

namespace ResNetSharp.Exchange;

/// <summary>One operator of a file with what goes into it: gives its settings, or says in one sentence what is wrong with them.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="node">The operator.</param>
/// <param name="operatorSet">The version of its operator set, which decides where some settings are.</param>
/// <param name="inputs">What goes in; null where an input is left out.</param>
internal sealed class OnnxCall(string file, OnnxNode node, long operatorSet, IReadOnlyList<ImportedValue?> inputs)
{
    public OnnxNode Node => node;

    public long OperatorSet => operatorSet;

    public int Count => inputs.Count;

    public string Output => node.Outputs[0];

    public InvalidDataException Fail(string reason) =>
        new($"'{file}': operator {node.Operator}{(node.Name.Length > 0 ? $" '{node.Name}'" : "")} {reason}");

    public ImportedValue? Optional(int index) => index < inputs.Count ? inputs[index] : null;

    public ImportedValue Input(int index) => Optional(index) ?? throw Fail($"lacks input {index}");

    /// <summary>An input as a tensor; numbers of the file become one.</summary>
    public ImportedTensor Tensor(int index) => Input(index) switch
    {
        ImportedTensor tensor => tensor,
        ImportedNumbers numbers => numbers.Lift(),
        ImportedBytes => throw Fail($"computes with bytes at input {index}, which is not supported; networks with QuantizeLinear and DequantizeLinear around each operator are"),
        _ => throw Fail($"computes with whole numbers at input {index}, which is not supported"),
    };

    /// <summary>An input that has to be known when the model is made.</summary>
    public ImportedNumbers Numbers(int index) => Input(index) as ImportedNumbers ?? throw Fail($"needs an input {index} that is part of the file; computed ones are not supported");

    public ImportedNumbers? OptionalNumbers(int index) => Optional(index) is null ? null : Numbers(index);

    /// <summary>One number: an input that is left out, or of one element.</summary>
    public float Number(int index, float otherwise)
    {
        if (OptionalNumbers(index) is not { } numbers) return otherwise;
        return numbers.Shape.Size == 1 ? numbers.Read()[0] : throw Fail($"needs one number at input {index}, not {numbers.Shape}");
    }

    /// <summary>Whole numbers that are known.</summary>
    public long[] Integers(int index) => Input(index) is ImportedIntegers integers && integers.Values.All(v => v is not null)
        ? [.. integers.Values.Select(v => v!.Value)]
        : throw Fail($"needs whole numbers at input {index} that are part of the file; computed ones are not supported");

    /// <summary>Whole numbers that newer operator sets have as an input and older ones as a setting; null if left out.</summary>
    public long[]? IntegersOrSetting(int index, string setting, long inputSince) =>
        operatorSet < inputSince ? Longs(setting) : Optional(index) is null ? null : Integers(index);

    public long Long(string setting, long otherwise) => Find<long>(setting, otherwise);

    public float Float(string setting, float otherwise) => Find<float>(setting, otherwise);

    public string Text(string setting, string otherwise) => Find<string>(setting, otherwise);

    public long[]? Longs(string setting) => Find<long[]?>(setting, null);

    public object? Setting(string setting) => node.Attributes.FirstOrDefault(a => a.Name == setting)?.Value;

    /// <summary>An axis that may be counted from the end.</summary>
    public int Axis(long axis, int rank) => axis < -rank || axis >= rank ? throw Fail($"names axis {axis} of {rank}") : (int)(axis < 0 ? axis + rank : axis);

    T Find<T>(string setting, T otherwise) => Setting(setting) switch
    {
        null => otherwise,
        T value => value,
        _ => throw Fail($"has a setting '{setting}' of a kind that does not fit"),
    };
}
