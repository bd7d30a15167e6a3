using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ResNetSharp.Tests;

/// <summary>
/// The library's public types and members stand in a file, so that a change of them is seen and meant. To approve a change, run this
/// test with the environment variable <c>APPROVE_PUBLIC_API=1</c>, which writes the file anew, and commit it.
/// </summary>
public sealed class PublicApiTests
{
    const string Variable = "APPROVE_PUBLIC_API";
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void Public_api_is_the_approved_one()
    {
        var path = ApprovedFile();
        var actual = Describe(typeof(Tensor).Assembly);
        if (Environment.GetEnvironmentVariable(Variable) == "1") File.WriteAllText(path, actual);
        var approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (approved == actual) return;
        string[] old = approved.Split('\n'), now = actual.Split('\n');
        Assert.Fail($"the public API is not the approved one; if that is meant, run this test with {Variable}=1 and commit {Path.GetFileName(path)}\n"
            + string.Join('\n', [.. old.Except(now).Select(l => $"- {l}"), .. now.Except(old).Select(l => $"+ {l}")]));
    }

    static string ApprovedFile([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "PublicApi.approved.txt");

    static string Describe(Assembly library)
    {
        var text = new StringBuilder();
        foreach (var type in library.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var line in type.IsEnum ? Constants(type) : Members(type)) text.Append("    ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    static string Header(Type type)
    {
        var kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        Type?[] inherited = type.IsValueType ? [] : [type.BaseType is { } parent && parent != typeof(object) ? parent : null];
        var bases = inherited.OfType<Type>().Concat(type.IsEnum ? [] : type.GetInterfaces()).Select(Name).Order(StringComparer.Ordinal).ToList();
        return $"{kind} {type.Namespace}.{Name(type)}{(bases.Count > 0 ? " : " + string.Join(", ", bases) : "")}";
    }

    static IEnumerable<string> Constants(Type type) => Enum.GetNames(type).Select(n => $"{n} = {Convert.ToInt64(Enum.Parse(type, n))}");

    static IEnumerable<string> Members(Type type) => type.GetMembers(Declared)
        .Where(m => m.GetCustomAttribute<CompilerGeneratedAttribute>() is null)
        .Select(Line).OfType<string>().Order(StringComparer.Ordinal);

    static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false } made when Visible(made) => $"{Access(made)}new({Parameters(made)})",
        MethodInfo method when Visible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            $"{Access(method)}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
        PropertyInfo property when property.GetAccessors(true).Any(Visible) => Property(property),
        FieldInfo field when field.IsPublic || field.IsFamily => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        EventInfo raised when Visible(raised.AddMethod!) => $"event {Name(raised.EventHandlerType!)} {raised.Name}",
        _ => null,
    };

    static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(true).Where(Visible).Select(a => a.Name.StartsWith("get_", StringComparison.Ordinal) ? "get;"
            : a.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;").Order(StringComparer.Ordinal);
        var index = property.GetIndexParameters() is { Length: > 0 } keys ? $"[{string.Join(", ", keys.Select(Parameter))}]" : "";
        return $"{Access(property.GetAccessors(true).First(Visible))}{Name(property.PropertyType)} {property.Name}{index} {{ {string.Join(' ', accessors)} }}";
    }

    /// <summary>Whether users can call or override it.</summary>
    static bool Visible(MethodBase method) => method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && method.DeclaringType is { IsSealed: false });

    static string Access(MethodBase method)
    {
        var overrides = method is MethodInfo info && info.GetBaseDefinition() != info;
        var kind = method.IsStatic ? "static " : overrides ? "override " : method.IsAbstract ? "abstract " : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";
        return (method.IsPublic ? "" : "protected ") + kind;
    }

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    static string Parameter(ParameterInfo parameter)
    {
        var value = !parameter.HasDefaultValue ? "" : $" = {parameter.DefaultValue switch
        {
            null => "default",
            string s => $"\"{s}\"",
            bool b => b ? "true" : "false",
            var other => Convert.ToString(other),
        }}";
        var many = parameter.GetCustomAttribute<ParamArrayAttribute>() is not null || parameter.GetCustomAttribute<ParamCollectionAttribute>() is not null ? "params " : "";
        return $"{many}{(parameter.IsOut ? "out " : "")}{Name(parameter.ParameterType)} {parameter.Name}{value}";
    }

    static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    static string Name(Type type)
    {
        if (type.IsByRef) return (type.GetElementType() is { } target ? Name(target) : "") + "&";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        var name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        if (!type.IsGenericType) return Simple(name);
        return $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }

    static string Simple(string name) => name switch
    {
        "Single" => "float",
        "Double" => "double",
        "Int32" => "int",
        "Int64" => "long",
        "UInt64" => "ulong",
        "Byte" => "byte",
        "Boolean" => "bool",
        "String" => "string",
        "Object" => "object",
        "Void" => "void",
        _ => name,
    };
}
