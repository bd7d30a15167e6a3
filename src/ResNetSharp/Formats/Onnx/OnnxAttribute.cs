namespace ResNetSharp.Formats;

/// <summary>A setting of an operator.</summary>
public sealed class OnnxAttribute
{
    OnnxAttribute(string name, object value) => (Name, Value) = (name, value);

    /// <summary>A whole number, such as <c>group</c> or <c>axis</c>.</summary>
    public OnnxAttribute(string name, long value) : this(name, (object)value)
    {
    }

    /// <summary>A number, such as <c>epsilon</c>.</summary>
    public OnnxAttribute(string name, float value) : this(name, (object)value)
    {
    }

    /// <summary>A text, such as <c>auto_pad</c>.</summary>
    public OnnxAttribute(string name, string value) : this(name, (object)value)
    {
    }

    /// <summary>A tensor, such as the <c>value</c> of a constant.</summary>
    public OnnxAttribute(string name, StoredTensor value) : this(name, (object)value)
    {
    }

    /// <summary>Whole numbers, such as <c>strides</c> and <c>pads</c>.</summary>
    public OnnxAttribute(string name, long[] values) : this(name, (object)values)
    {
    }

    /// <summary>Numbers.</summary>
    public OnnxAttribute(string name, float[] values) : this(name, (object)values)
    {
    }

    /// <summary>Texts.</summary>
    public OnnxAttribute(string name, string[] values) : this(name, (object)values)
    {
    }

    /// <summary>The setting's name.</summary>
    public string Name { get; }

    /// <summary>The value: a <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, <see cref="StoredTensor"/>, or an array of one of the first three.</summary>
    public object Value { get; }
}
