namespace ResNetSharp.Formats;

/// <summary>An open HDF5 file: groups, their attributes, and data sets as tensors. Nothing outside the file is ever followed.</summary>
internal sealed class Hdf5File
{
    const int MaxDepth = 128, MaxSoftLinks = 16;

    readonly Hdf5Source file;
    readonly Hdf5GlobalHeap globalHeap;

    public Hdf5File(ByteSource source)
    {
        (file, var root) = Hdf5Superblock.Read(source);
        globalHeap = new Hdf5GlobalHeap(file);
        Root = new Hdf5Object(this, "", root);
    }

    public Hdf5Object Root { get; }

    public string Name => file.Bytes.Name;

    public static bool Recognizes(ByteSource source) => Hdf5Superblock.Find(source) >= 0;

    /// <summary>Reads a file as a list of tensors under their paths, with the root's texts as remarks.</summary>
    public static WeightFile Read(ByteSource source)
    {
        var hdf5 = new Hdf5File(source);
        var tensors = new List<StoredTensor>();
        var unreadable = new Dictionary<string, string>();
        hdf5.Collect(hdf5.Root, tensors, unreadable, [], 0);
        return new WeightFile(source.Name, WeightFormat.Hdf5, tensors, Remarks(hdf5.Root), "", source) { Unreadable = unreadable };
    }

    /// <summary>The attributes of the root that are one text each.</summary>
    public static Dictionary<string, string> Remarks(Hdf5Object root)
    {
        var remarks = new Dictionary<string, string>();
        foreach (var name in root.AttributeNames)
            if (root.Texts(name) is [var text]) remarks[name] = text;
        return remarks;
    }

    // Every group is entered once, so links that lead back up end.
    void Collect(Hdf5Object group, List<StoredTensor> tensors, Dictionary<string, string> unreadable, HashSet<long> seen, int depth)
    {
        if (depth > MaxDepth) throw file.Bytes.Fail($"groups are nested more than {MaxDepth} deep");
        if (!seen.Add(group.Address)) return;
        foreach (var child in group.Children())
        {
            if (child.IsGroup)
            {
                Collect(child, tensors, unreadable, seen, depth + 1);
            }
            else if (child.IsDataset)
            {
                try
                {
                    tensors.Add(child.Tensor());
                }
                catch (InvalidDataException e)
                {
                    unreadable[child.Path] = e.Message;
                }
            }
        }
    }

    /// <summary>A group or a data set of the file.</summary>
    public sealed class Hdf5Object
    {
        readonly Hdf5File owner;
        readonly List<Hdf5Message> header;
        readonly Lazy<Dictionary<string, Hdf5Attribute>> attributes;
        readonly Lazy<Dictionary<string, Hdf5Link>> links;

        public Hdf5Object(Hdf5File owner, string path, long address)
        {
            (this.owner, Path, Address) = (owner, path, address);
            header = Hdf5ObjectHeader.Read(owner.file, address);
            attributes = new(() => Hdf5Attributes.Read(owner.file, header));
            links = new(ReadLinks);
        }

        /// <summary>The names from the root to here, with slashes between.</summary>
        public string Path { get; }

        public long Address { get; }

        public bool IsGroup => Hdf5Links.IsGroup(header);

        public bool IsDataset => Hdf5Dataset.IsDataset(header);

        public IEnumerable<string> AttributeNames => attributes.Value.Keys;

        /// <summary>The texts of an attribute; null where there is none, or it is something else.</summary>
        public string[]? Texts(string attribute) =>
            attributes.Value.TryGetValue(attribute, out var found) ? Hdf5Attributes.Texts(found, owner.globalHeap) : null;

        /// <summary>The numbers of an attribute; null where there is none, or it is something else.</summary>
        public double[]? Numbers(string attribute) =>
            attributes.Value.TryGetValue(attribute, out var found) ? Hdf5Attributes.Numbers(found) : null;

        /// <summary>What the group holds, in the file's order; links that lead nowhere, or out of the file, are left out.</summary>
        public IEnumerable<Hdf5Object> Children() => links.Value.Values.Select(link => Open(link, 0)).OfType<Hdf5Object>();

        /// <summary>What is under a path below this group; null where there is nothing.</summary>
        public Hdf5Object? Find(string path) => Find(path, 0);

        /// <summary>The data set as a tensor under its path.</summary>
        public StoredTensor Tensor() =>
            IsDataset ? Hdf5Dataset.Open(owner.file, Path, header, Texts("dtype") is [var type] ? type : null)
            : throw owner.file.Bytes.Fail($"'{Path}' is no data set");

        Dictionary<string, Hdf5Link> ReadLinks()
        {
            var found = new Dictionary<string, Hdf5Link>();
            foreach (var link in Hdf5Links.Read(owner.file, header))
                if (!found.TryAdd(link.Name, link)) throw owner.file.Bytes.Fail($"group '/{Path}' has '{link.Name}' twice");
            return found;
        }

        Hdf5Object? Find(string path, int softLinks)
        {
            var at = path.StartsWith('/') ? owner.Root : this;
            foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (name == ".") continue;
                if (at is null || !at.links.Value.TryGetValue(name, out var link)) return null;
                at = at.Open(link, softLinks);
            }
            return at;
        }

        Hdf5Object? Open(Hdf5Link link, int softLinks)
        {
            var path = Path.Length == 0 ? link.Name : $"{Path}/{link.Name}";
            if (link.Address != Hdf5Source.Undefined) return new Hdf5Object(owner, path, link.Address);
            if (link.Path is null || softLinks == MaxSoftLinks) return null;
            var target = Find(link.Path, softLinks + 1);
            return target is null ? null : new Hdf5Object(owner, path, target.Address);
        }
    }
}
