namespace ResNetSharp.Imaging.Jpeg;

/// <summary>The part of the coefficients that a scan carries.</summary>
/// <param name="First">The first coefficient, in the order of a file.</param>
/// <param name="Last">The last coefficient.</param>
/// <param name="HighBit">The bit position the scan before ended at; 0 in a first scan.</param>
/// <param name="LowBit">The bit position of this scan.</param>
internal readonly record struct ScanBand(int First, int Last, int HighBit, int LowBit);
