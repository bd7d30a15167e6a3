namespace ResNetSharp.Layers;

/// <summary>Remembers, on each thread, which layers are being applied, so that the nodes they make know where they come from.</summary>
internal sealed record LayerScope(Layer Layer, LayerScope? Outer)
{
    [ThreadStatic] static LayerScope? current;

    /// <summary>The innermost scope of this thread.</summary>
    public static LayerScope? Current => current;

    /// <summary>The layer that contains all the others.</summary>
    public Layer Outermost => Outer?.Outermost ?? Layer;

    /// <summary>Enters a layer and returns the scope to go back to.</summary>
    public static LayerScope? Enter(Layer layer)
    {
        var outer = current;
        current = new LayerScope(layer, outer);
        return outer;
    }

    /// <summary>Continues within a scope that was left before, as when a graph is copied, and returns the scope to go back to.</summary>
    public static LayerScope? Resume(LayerScope? scope)
    {
        var outer = current;
        current = scope;
        return outer;
    }

    /// <summary>Enters a scope that was left before, within the current one, and returns the scope to go back to.</summary>
    public static LayerScope? Nest(LayerScope? scope)
    {
        var outer = current;
        current = Within(outer, scope);
        return outer;
    }

    static LayerScope? Within(LayerScope? outer, LayerScope? scope) => scope is null ? outer : new LayerScope(scope.Layer, Within(outer, scope.Outer));

    /// <summary>Goes back to a scope.</summary>
    public static void Leave(LayerScope? outer) => current = outer;
}
