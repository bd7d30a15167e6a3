namespace ResNetSharp.Cpu;

/// <summary>How many numbers become one.</summary>
internal enum ReduceFunction
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The largest; NaN if one is.</summary>
    Max,

    /// <summary>The sum of their squares.</summary>
    SumOfSquares,

    /// <summary>0 if all are finite, otherwise NaN.</summary>
    FiniteProbe,
}
