using System.Globalization;
using System.Numerics;

namespace ResNetSharp.Formats;

/// <summary>
/// Reads one Python pickle (protocols 0 to 5) as data. A pickle is a program for a small stack machine; this machine knows how to make lists,
/// dicts and numbers, and leaves every call to <see cref="TorchBuilder"/>, which knows only what tensors need. There is no recursion, and the
/// memory that a pickle may take is limited.
/// </summary>
internal sealed class PickleReader(ByteCursor input, TorchBuilder builder)
{
    const long MemoryLimit = 96 << 20;
    const int MaxDigits = 2000, HighestProtocol = 5;

    // One place on the stack, with the copies that its growth takes.
    const int StackCost = 24;

    readonly List<object?> stack = [];
    readonly List<int> marks = [];
    readonly Dictionary<long, object?> memo = [];
    long memory;

    /// <summary>Reads up to the end of one pickle and gives its value.</summary>
    public object? Read()
    {
        while (true)
        {
            var opcode = input.Byte();
            if (opcode == '.') return Pop();
            if (!ReadNumber(opcode) && !ReadText(opcode) && !ReadContainer(opcode) && !ReadMemo(opcode) && !ReadCall(opcode))
                throw input.Fail($"a pickle has opcode 0x{opcode:X2}, which a file of weights does not use");
        }
    }

    bool ReadNumber(byte opcode)
    {
        switch (opcode)
        {
            case 0x80:
                var protocol = input.Byte();
                if (protocol > HighestProtocol) throw input.Fail($"the pickle has protocol {protocol}; {HighestProtocol} is the highest known");
                return true;
            case 0x95: input.Int64(); return true; // FRAME: a hint for buffering
            case (byte)'N': Push(null); return true;
            case 0x88: Push(true); return true;
            case 0x89: Push(false); return true;
            case (byte)'I': PushInteger(input.Line(), allowBool: true); return true;
            case (byte)'L': PushInteger(input.Line().TrimEnd('L'), allowBool: false); return true;
            case (byte)'J': Push((long)input.Int32(), 32); return true;
            case (byte)'K': Push((long)input.Byte(), 32); return true;
            case (byte)'M': Push((long)input.UInt16(), 32); return true;
            case 0x8A: PushInteger((int)input.Byte()); return true;
            case 0x8B: PushInteger(input.Int32()); return true;
            case (byte)'G': Push(input.BigEndianDouble(), 32); return true;
            case (byte)'F':
                if (!double.TryParse(input.Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) throw input.Fail("a pickle has a malformed number");
                Push(number, 32);
                return true;
            default: return false;
        }
    }

    bool ReadText(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'X': PushText(input.UInt32()); return true;
            case 0x8C: PushText(input.Byte()); return true;
            case 0x8D: PushText(input.Int64()); return true;
            case (byte)'V': Push(input.Line(), 64); return true;
            case (byte)'S': Push(Unquote(input.Line()), 64); return true;
            case (byte)'T': PushOldText(input.UInt32()); return true;
            case (byte)'U': PushOldText(input.Byte()); return true;
            case (byte)'B': PushBytes(input.UInt32()); return true;
            case (byte)'C': PushBytes(input.Byte()); return true;
            case 0x8E or 0x96: PushBytes(input.Int64()); return true;
            default: return false;
        }
    }

    bool ReadContainer(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(': Charge(8); marks.Add(stack.Count); return true;
            case (byte)'0': if (marks is [.., var mark] && mark == stack.Count) marks.RemoveAt(marks.Count - 1); else Pop(); return true;
            case (byte)'1': TakeMarked(); return true;
            case (byte)'2': Push(Top()); return true;
            case (byte)']': Push(new PickleList(), 80); return true;
            case (byte)'l': { var list = new PickleList(); Append(list, TakeMarked()); Push(list, 80); return true; }
            case (byte)'a': { var item = Pop(); Append(Top<PickleList>("APPEND"), [item]); return true; }
            case (byte)'e': { var items = TakeMarked(); Append(Top(), items); return true; }
            case (byte)')': PushTuple([]); return true;
            case (byte)'t': PushTuple(TakeMarked()); return true;
            case 0x85: PushTuple([Pop()]); return true;
            case 0x86: { var b = Pop(); PushTuple([Pop(), b]); return true; }
            case 0x87: { var c = Pop(); var b = Pop(); PushTuple([Pop(), b, c]); return true; }
            case (byte)'}': Push(new PickleDict(), 200); return true;
            case (byte)'d': { var dict = new PickleDict(); SetItems(dict, TakeMarked()); Push(dict, 200); return true; }
            case (byte)'s': { var value = Pop(); var key = Pop(); SetItems(Top(), [key, value]); return true; }
            case (byte)'u': { var items = TakeMarked(); SetItems(Top(), items); return true; }
            case 0x8F: Push(new PickleOpaque("set"), 32); return true;
            case 0x90: TakeMarked(); Top<PickleOpaque>("ADDITEMS"); return true;
            case 0x91: TakeMarked(); Push(new PickleOpaque("frozenset"), 32); return true;
            default: return false;
        }
    }

    bool ReadMemo(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'q': Memoize(input.Byte()); return true;
            case (byte)'r': Memoize(input.UInt32()); return true;
            case (byte)'p': Memoize(ParseIndex(input.Line())); return true;
            case 0x94: Memoize(memo.Count); return true;
            case (byte)'h': Push(Recall(input.Byte())); return true;
            case (byte)'j': Push(Recall(input.UInt32())); return true;
            case (byte)'g': Push(Recall(ParseIndex(input.Line()))); return true;
            default: return false;
        }
    }

    bool ReadCall(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'c': { var module = input.Line(); Push(PickleGlobals.Find(input, module, input.Line())); return true; }
            case 0x93: { var name = Pop<string>("STACK_GLOBAL"); Push(PickleGlobals.Find(input, Pop<string>("STACK_GLOBAL"), name)); return true; }
            case (byte)'i': { var module = input.Line(); var global = PickleGlobals.Find(input, module, input.Line()); PushCall(global, TakeMarked()); return true; }
            case (byte)'o':
                var marked = TakeMarked();
                if (marked is not [PickleGlobal type, .. var rest]) throw input.Fail("a pickle makes an object of something that is no class");
                PushCall(type, rest);
                return true;
            case (byte)'R' or 0x81: { var args = Pop<PickleTuple>("REDUCE"); PushCall(Pop<PickleGlobal>("REDUCE"), args.Items); return true; }
            case 0x92: { Pop(); var args = Pop<PickleTuple>("NEWOBJ_EX"); PushCall(Pop<PickleGlobal>("NEWOBJ_EX"), args.Items); return true; }
            case (byte)'b': { var state = Pop(); TorchBuilder.SetState(input, Top(), state); return true; }
            case (byte)'Q': Push(builder.Resolve(input, Pop()), 100); return true;
            case (byte)'P': Push(builder.Resolve(input, input.Line()), 100); return true;
            default: return false;
        }
    }

    void PushCall(PickleGlobal global, object?[] args)
    {
        var result = TorchBuilder.Call(input, global, args);
        Push(result, 200 + (result is PickleDict dict ? 80L * dict.Items.Count : result is byte[] bytes ? bytes.Length : 0));
    }

    void PushText(long length)
    {
        ChargeLength(length, 2);
        Push(input.Utf8(length));
    }

    // Python 2 text: nearly always ASCII, but any bytes are possible.
    void PushOldText(long length)
    {
        ChargeLength(length, 2);
        var bytes = input.Bytes(length);
        Push(System.Text.Unicode.Utf8.IsValid(bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : bytes);
    }

    void PushBytes(long length)
    {
        ChargeLength(length, 1);
        Push(input.Bytes(length));
    }

    void ChargeLength(long length, int factor)
    {
        if (length < 0 || length > input.Source.Length - input.Position) throw input.Fail($"a pickle has a text of {length} bytes, more than the file holds");
        Charge(64 + length * factor);
    }

    void PushTuple(object?[] items) => Push(new PickleTuple(items), 48 + 8 * items.Length);

    void Push(object? value, long cost = 0)
    {
        Charge(StackCost + cost);
        stack.Add(value);
    }

    void Charge(long bytes)
    {
        memory += bytes;
        if (memory > MemoryLimit) throw input.Fail($"the pickle needs more than {MemoryLimit >> 20} MiB of memory, far more than a list of tensors does");
    }

    object? Pop()
    {
        if (stack.Count == 0 || (marks is [.., var mark] && mark >= stack.Count)) throw input.Fail("a pickle takes a value from an empty stack");
        var value = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    T Pop<T>(string operation) where T : class => Pop() as T ?? throw WrongOperand(operation);

    object? Top() => stack.Count > 0 ? stack[^1] : throw input.Fail("a pickle uses a value of an empty stack");

    T Top<T>(string operation) where T : class => Top() as T ?? throw WrongOperand(operation);

    InvalidDataException WrongOperand(string operation) => input.Fail($"a pickle applies {operation} to a value of the wrong kind");

    object?[] TakeMarked()
    {
        if (marks.Count == 0) throw input.Fail("a pickle goes back to a mark that it did not set");
        var mark = marks[^1];
        marks.RemoveAt(marks.Count - 1);
        // A pop below the mark is refused, so the mark is within the stack.
        var items = stack.GetRange(mark, stack.Count - mark).ToArray();
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    void Append(object? target, object?[] items)
    {
        Charge(16L * items.Length);
        if (target is PickleList list) list.Items.AddRange(items);
        else if (target is not PickleOpaque) throw WrongOperand("APPENDS");
    }

    void SetItems(object? target, object?[] items)
    {
        if (target is not PickleDict dict || items.Length % 2 != 0) throw WrongOperand("SETITEMS");
        Charge(40L * items.Length);
        for (int i = 0; i < items.Length; i += 2) dict.Set(items[i], items[i + 1]);
    }

    void Memoize(long index)
    {
        Charge(48);
        memo[index] = Top();
    }

    object? Recall(long index) => memo.TryGetValue(index, out var value) ? value : throw input.Fail($"a pickle recalls value {index}, which it did not keep");

    long ParseIndex(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : throw input.Fail("a pickle has a malformed memo number");

    void PushInteger(string text, bool allowBool)
    {
        if (allowBool && text is "00" or "01") Push(text == "01");
        else if (text.Length <= MaxDigits && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) PushInteger(number);
        else throw input.Fail("a pickle has a malformed number");
    }

    void PushInteger(int length)
    {
        if (length is < 0 or > MaxDigits) throw input.Fail($"a pickle has a number of {length} bytes");
        PushInteger(new BigInteger(input.Bytes(length)));
    }

    void PushInteger(BigInteger number)
    {
        if (number >= long.MinValue && number <= long.MaxValue) Push((long)number, 32);
        else Push(number, MaxDigits);
    }

    string Unquote(string text) =>
        text.Length >= 2 && text[0] is '\'' or '"' && text[^1] == text[0] ? text[1..^1] : throw input.Fail("a pickle has a malformed text");
}
