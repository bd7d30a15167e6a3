namespace ResNetSharp.Formats;

#pragma warning disable CA1720 // the names of number formats are what this enumeration is about

/// <summary>How the numbers of a stored tensor are coded; all little-endian.</summary>
public enum TensorType
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16,

    /// <summary>Signed 64-bit integer.</summary>
    Int64,

    /// <summary>Signed 32-bit integer.</summary>
    Int32,

    /// <summary>Signed 16-bit integer.</summary>
    Int16,

    /// <summary>Signed 8-bit integer.</summary>
    Int8,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>8 bits: sign, 4 bits exponent (bias 7), 3 bits fraction; no infinity, 0x7F is not a number.</summary>
    Float8E4M3,

    /// <summary>8 bits: sign, 5 bits exponent (bias 15), 2 bits fraction; the upper half of a binary16.</summary>
    Float8E5M2,

    /// <summary>8 bits of exponent alone: 2^(x-127), 255 is not a number.</summary>
    Float8E8M0,

    /// <summary>6 bits: sign, 2 bits exponent, 3 bits fraction, packed. Stored and copied, but not read as numbers.</summary>
    Float6E2M3,

    /// <summary>6 bits: sign, 3 bits exponent, 2 bits fraction, packed. Stored and copied, but not read as numbers.</summary>
    Float6E3M2,

    /// <summary>4 bits: sign, 2 bits exponent, 1 bit fraction, packed. Stored and copied, but not read as numbers.</summary>
    Float4E2M1,

    /// <summary>Two binary32, real and imaginary part. Stored and copied, but not read as numbers.</summary>
    Complex64,

    /// <summary>Two binary64, real and imaginary part. Stored and copied, but not read as numbers.</summary>
    Complex128,
}
