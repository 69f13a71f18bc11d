using ChildrensInfo.Core.Data;

namespace ChildrensInfo.Core.Voice;

/// <summary>The portal's own pictures for tools. One that was ever shown to a child is not redrawn: an old answer must look as it did.</summary>
public static class Pictures
{
    private static readonly Lazy<IReadOnlyDictionary<string, Picture>> Drawn =
        new(() => EmbeddedJson.Read<PictureFolder>("pictures.json").Pictures.ToDictionary(p => p.Key));

    public static IReadOnlyDictionary<string, Picture> All => Drawn.Value;

    public static Picture? Find(string? key) => key is null ? null : All.GetValueOrDefault(key);

    private sealed record PictureFolder(string Note, IReadOnlyList<Picture> Pictures);
}

/// <param name="Shows">What is to be seen, for people who choose one for a tool.</param>
/// <param name="Svg">The shapes, on a ground of 64 by 64.</param>
public sealed record Picture(string Key, string Shows, string Svg);
