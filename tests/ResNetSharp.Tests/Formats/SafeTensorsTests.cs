using System.Runtime.InteropServices;
using System.Text;
using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

public sealed class SafeTensorsTests
{
    [SharedFact(TinyCorpus.Folder)]
    public void Good_files_load_with_the_expected_names_shapes_and_values()
    {
        var wrong = new List<string>();
        foreach (var (path, expected) in TinyCorpus.Files("safetensors", "load"))
        {
            using var file = WeightFile.Open(path);
            Assert.Equal(WeightFormat.SafeTensors, file.Format);
            wrong.AddRange(TinyCorpus.Differences(path, file, file.Prefix, expected.GetProperty("tensors")));
        }
        Assert.Empty(wrong);
    }

    [SharedFact(TinyCorpus.Folder)]
    public void Bad_files_are_refused_with_a_sentence_that_names_them()
    {
        var files = TinyCorpus.Files("safetensors", "refuse", "either").ToList();
        Assert.NotEmpty(files);
        Assert.Empty(files.Select(f => TinyCorpus.Refusal(f.Path, f.Expected.GetProperty("expect").GetString() == "either",
            path => TinyCorpus.ReadAll(SafeTensors.Open(path)))).OfType<string>());
        Assert.Empty(files.Select(f => TinyCorpus.Refusal(f.Path, f.Expected.GetProperty("expect").GetString() == "either",
            path => TinyCorpus.ReadAll(WeightFile.Open(path)))).OfType<string>());
    }

    [SharedFact("data/weights/resnet20-12fca82f.safetensors")]
    public void A_trained_network_is_copied_without_a_change()
    {
        using var folder = new TemporaryFolder();
        using var original = WeightFile.Open(SharedData.Find("data/weights/resnet20-12fca82f.safetensors")!);
        SafeTensors.Write(folder.File("copy.safetensors"), original, original.Metadata);
        using var copy = WeightFile.Open(folder.File("copy.safetensors"));
        Assert.Equal(original.Metadata, copy.Metadata);
        Assert.Equal(original.Select(t => (t.Name, t.Shape, t.Type, TinyCorpus.Hash(t))), copy.Select(t => (t.Name, t.Shape, t.Type, TinyCorpus.Hash(t))));
    }

    [Fact]
    public void Names_metadata_scalars_and_order_survive_a_round_trip()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        StoredTensor[] tensors =
        [
            StoredTensor.Create("über \"中文\" \\", [2, 3], new float[] { 1, -2, float.NaN, float.PositiveInfinity, 1e-40f, -0f }),
            StoredTensor.Create("step", [], new[] { long.MinValue }),
            StoredTensor.Create("", [0, 3], Array.Empty<float>()),
            StoredTensor.Create("half", [2], TensorType.Float16, new byte[] { 0, 0x3C, 0, 0xC0 }),
        ];
        var metadata = new Dictionary<string, string> { ["config"] = "{\"a\": [1, 2]}\n", ["ü"] = "" };
        SafeTensors.Write(path, tensors, metadata);

        using var file = SafeTensors.Open(path);
        Assert.Equal(metadata, file.Metadata);
        Assert.Equal(tensors.Select(t => (t.Name, t.Shape, t.Type)), file.Select(t => (t.Name, t.Shape, t.Type)));
        Assert.Equal(tensors[0].ToFloats().Select(BitConverter.SingleToInt32Bits), file[0].ToFloats().Select(BitConverter.SingleToInt32Bits));
        Assert.Equal([long.MinValue], file["step"].ToInt64s());
        Assert.Equal([1f, -2f], file["half"].ToFloats());
    }

    [Fact]
    public void Data_of_every_tensor_lies_on_a_multiple_of_its_element_size()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        SafeTensors.Write(path,
        [
            StoredTensor.Create("byte", [1], TensorType.UInt8, new byte[] { 7 }),
            StoredTensor.Create("long", [1], new[] { 0x0102030405060708 }),
            StoredTensor.Create("float", [1], new[] { 1.5f }),
        ]);
        var bytes = File.ReadAllBytes(path);
        Assert.Equal(0, bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[8, 7, 6, 5, 4, 3, 2, 1]) % 8);
        Assert.Equal(0, BitConverter.ToInt64(bytes) % 8);
    }

    [Fact]
    public unsafe void Unmanaged_memory_is_written_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        var memory = (float*)NativeMemory.Alloc(12);
        try
        {
            new Span<float>([1f, 2f, 3f]).CopyTo(new Span<float>(memory, 3));
            SafeTensors.Write(path, [StoredTensor.Create("w", [3], TensorType.Float32, memory)]);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
        using var file = SafeTensors.Open(path);
        Assert.Equal([1f, 2f, 3f], file["w"].ToFloats());
        var part = new float[2];
        file["w"].ReadFloats(1, part);
        Assert.Equal([2f, 3f], part);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        SafeTensors.Write(path, [StoredTensor.Create("w", [1], new[] { 1f })]);
        var old = File.ReadAllBytes(path);
        using (var source = SafeTensors.Open(path))
        {
            source.Dispose();
            Assert.ThrowsAny<Exception>(() => SafeTensors.Write(path, source));
        }
        Assert.Equal(old, File.ReadAllBytes(path));
        Assert.Equal(["weights.safetensors"], folder.Names);
    }

    [Fact]
    public void Reserved_and_repeated_names_are_not_written()
    {
        using var folder = new TemporaryFolder();
        var tensor = StoredTensor.Create("__metadata__", [1], new[] { 1f });
        Assert.Throws<ArgumentException>(() => SafeTensors.Write(folder.File("a"), [tensor]));
        Assert.Throws<ArgumentException>(() => SafeTensors.Write(folder.File("a"), [tensor.Rename("w"), tensor.Rename("w")]));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void Small_floats_are_read_by_their_definition()
    {
        Assert.Equal([448f, -0.001953125f, 0.015625f, 1f], StoredTensor.Create("w", [4], TensorType.Float8E4M3, new byte[] { 0x7E, 0x81, 0x08, 0x38 }).ToFloats());
        Assert.Equal([57344f, -1f, float.PositiveInfinity], StoredTensor.Create("w", [3], TensorType.Float8E5M2, new byte[] { 0x7B, 0xBC, 0x7C }).ToFloats());
        Assert.Equal([1f, 2f, float.NaN], StoredTensor.Create("w", [3], TensorType.Float8E8M0, new byte[] { 127, 128, 255 }).ToFloats());
    }

    [Fact]
    public void Packed_four_bit_elements_must_fill_whole_bytes()
    {
        Assert.Equal("w", FromHeader("{\"w\":{\"dtype\":\"F4\",\"shape\":[4],\"data_offsets\":[0,2]}}", 2)[0].Name);
        Assert.Throws<InvalidDataException>(() => FromHeader("{\"w\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2));
    }

    [Theory]
    [InlineData(@"{""\uD800"":{""dtype"":""F32"",""shape"":[0],""data_offsets"":[0,0]}}")]
    [InlineData(@"{""__metadata__"":{""format"":""\uDC00x""}}")]
    public void Half_of_a_pair_of_characters_is_refused(string header)
    {
        var error = Assert.Throws<InvalidDataException>(() => FromHeader(header, 0));
        Assert.Contains("memory: the safetensors header has a name or remark that is no text", error.Message, StringComparison.Ordinal);
    }

    static WeightFile FromHeader(string header, int dataBytes) =>
        WeightFile.Open((byte[])[.. BitConverter.GetBytes((long)header.Length), .. Encoding.ASCII.GetBytes(header), .. new byte[dataBytes]], "memory");
}
