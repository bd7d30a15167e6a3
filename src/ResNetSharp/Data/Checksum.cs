using System.Security.Cryptography;

namespace ResNetSharp.Data;

/// <summary>What the bytes of a file must hash to.</summary>
/// <param name="Algorithm">The hash.</param>
/// <param name="Hex">The expected value, in hexadecimal; or its beginning, where no more of it was published.</param>
sealed record Checksum(HashAlgorithmName Algorithm, string Hex)
{
    /// <summary>What is wrong with a file without this hash, in words.</summary>
    public string Expectation => IsWhole ? $"is not {Hex}" : $"does not begin with {Hex}";

    /// <summary>What a sound file's hash is, in words.</summary>
    public string Beginning => IsWhole ? $"is {Hex}" : $"begins with {Hex}";

    bool IsWhole => Hex.Length == 2 * (Algorithm == HashAlgorithmName.MD5 ? MD5.HashSizeInBytes : SHA256.HashSizeInBytes);

    /// <summary>A SHA-256.</summary>
    public static Checksum Sha256(string hex) => new(HashAlgorithmName.SHA256, hex);

    /// <summary>An MD5, for publishers that give nothing better: it finds damage, not malice.</summary>
    public static Checksum Md5(string hex) => new(HashAlgorithmName.MD5, hex);

    /// <summary>Whether a file has this hash, or one that begins so.</summary>
    public async Task<bool> MatchesAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        await using (file.ConfigureAwait(false))
        {
            using var hash = IncrementalHash.CreateHash(Algorithm);
            var buffer = new byte[1 << 16];
            for (int count; (count = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
                hash.AppendData(buffer, 0, count);
            return Convert.ToHexString(hash.GetHashAndReset()).StartsWith(Hex, StringComparison.OrdinalIgnoreCase);
        }
    }
}
