using System.Text;

namespace ResNetSharp.Formats;

/// <summary>The global heap with all texts of a file to be written.</summary>
internal sealed class Hdf5TextHeap
{
    const int MinLength = 4096, HeaderLength = 16, ObjectHeaderLength = 16;

    readonly Dictionary<Hdf5NewAttribute.Text, (int Index, int Length)> places = new(ReferenceEqualityComparer.Instance);
    readonly long address;

    public Hdf5TextHeap(Hdf5Output output, Hdf5NewGroup root)
    {
        address = output.Position;
        var body = new Hdf5Output(0);
        Add(body, root);
        if (places.Count == 0) return;
        var length = (int)Math.Max(MinLength, HeaderLength + body.Position + ObjectHeaderLength);
        output.Raw("GCOL"u8);
        output.U32(1);
        output.U64(length);
        output.Raw(body.Bytes);
        var free = length - HeaderLength - (int)body.Position;
        output.U64(0); // object 0 is the free space
        output.U64(free);
        output.Zeros(free - ObjectHeaderLength);
    }

    /// <summary>What stands in an attribute for a text: its length, and where it lies.</summary>
    public byte[] Reference(Hdf5NewAttribute.Text text) => Hdf5Output.Make(m =>
    {
        var (index, length) = places[text];
        m.U32(length);
        m.U64(length == 0 ? 0 : address);
        m.U32(index);
    });

    void Add(Hdf5Output body, Hdf5NewGroup group)
    {
        foreach (var (_, value) in group.Attributes)
            if (value is Hdf5NewAttribute.Text text) Add(body, text);
        foreach (var inner in group.Groups.Values) Add(body, inner);
    }

    void Add(Hdf5Output body, Hdf5NewAttribute.Text text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Value);
        if (bytes.Length == 0)
        {
            places.Add(text, (0, 0));
            return;
        }
        var index = places.Count + 1;
        places.Add(text, (index, bytes.Length));
        body.U16(index);
        body.U16(1);
        body.U32(0);
        body.U64(bytes.Length);
        body.Raw(bytes);
        body.Align8();
    }
}
