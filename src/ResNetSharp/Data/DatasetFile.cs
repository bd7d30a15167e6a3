namespace ResNetSharp.Data;

/// <summary>One file of a published data set.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Url">Where its author publishes it.</param>
/// <param name="Md5">The published MD5 of its bytes, in hexadecimal.</param>
sealed record DatasetFile(string Name, string Url, string Md5);
