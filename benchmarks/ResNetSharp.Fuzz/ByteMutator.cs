namespace ResNetSharp.Fuzz;

/// <summary>Damages files in the ways that disks, networks and attackers do. The same seed gives the same damage on every machine.</summary>
sealed class ByteMutator(int seed)
{
    // The numbers that length fields overflow on.
    static readonly uint[] HostileNumbers = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF];

    readonly Random random = new(seed);

    /// <summary>
    /// A damaged copy of <paramref name="original"/>; <paramref name="other"/> is what splices take their bytes from, <paramref name="most"/> how many
    /// damages there are at most.
    /// </summary>
    public byte[] Mutate(ReadOnlySpan<byte> original, ReadOnlySpan<byte> other, int most = 4)
    {
        var bytes = original.ToArray();
        for (var round = random.Next(1, most + 1); round > 0; round--) bytes = MutateOnce(bytes, other);
        return bytes;
    }

    byte[] MutateOnce(byte[] bytes, ReadOnlySpan<byte> other)
    {
        if (bytes.Length == 0) return RandomBytes(random.Next(1, 64));
        return random.Next(7) switch
        {
            0 => FlipBits(bytes),
            1 => bytes[..random.Next(bytes.Length)],
            2 => Splice(bytes, other),
            3 => Insert(bytes, RandomBytes(random.Next(1, 32))),
            4 => Remove(bytes),
            5 => Overwrite(bytes, RandomBytes(random.Next(1, 16))),
            _ => Overwrite(bytes, HostileNumber()),
        };
    }

    byte[] FlipBits(byte[] bytes)
    {
        for (var n = random.Next(1, 9); n > 0; n--) bytes[Position(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    byte[] Splice(byte[] bytes, ReadOnlySpan<byte> other)
    {
        if (other.IsEmpty) return bytes;
        var from = random.Next(other.Length);
        var length = random.Next(1, Math.Min(other.Length - from, 256) + 1);
        var piece = other.Slice(from, length).ToArray();
        return random.Next(2) == 0 ? Insert(bytes, piece) : Overwrite(bytes, piece);
    }

    byte[] Insert(byte[] bytes, byte[] piece)
    {
        var at = Position(bytes.Length);
        return [.. bytes.AsSpan(0, at), .. piece, .. bytes.AsSpan(at)];
    }

    byte[] Remove(byte[] bytes)
    {
        var at = Position(bytes.Length);
        var length = random.Next(1, Math.Min(64, bytes.Length - at) + 1);
        return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
    }

    byte[] Overwrite(byte[] bytes, byte[] piece)
    {
        var at = Position(bytes.Length);
        piece.AsSpan(0, Math.Min(piece.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    byte[] HostileNumber()
    {
        var number = BitConverter.GetBytes(HostileNumbers[random.Next(HostileNumbers.Length)]);
        if (random.Next(2) == 0) Array.Reverse(number);
        return random.Next(2) == 0 ? number : number[..2];
    }

    // Half of the damage goes to the head of the file, where the structure is.
    int Position(int length) => random.Next(2) == 0 ? random.Next(Math.Min(length, 512)) : random.Next(length);

    byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
