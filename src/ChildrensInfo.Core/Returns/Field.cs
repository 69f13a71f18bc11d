namespace ChildrensInfo.Core.Returns;

/// <summary>
/// A value of a return beside the text it was read from. <see cref="Raw"/> is null when the field is absent, empty when it is there with
/// nothing in it; <see cref="Value"/> is null when there is nothing or the text does not mean what the field asks for. Rules
/// need the difference: a missing date and a date written the wrong way round are different faults.
/// </summary>
public readonly record struct Field<T>(string? Raw, T? Value) where T : struct
{
    public bool IsGiven => !string.IsNullOrWhiteSpace(Raw);
    public bool IsUnreadable => IsGiven && Value is null;
    public override string ToString() => Raw?.Trim() ?? "";
}

/// <summary>A text or code of a return: <see cref="Raw"/> as written, <see cref="Value"/> without padding and null when there is nothing in it.</summary>
public readonly record struct TextField(string? Raw, string? Value)
{
    public bool IsGiven => Value is not null;

    /// <summary>Something stands there that is no code of the list: the check takes the value and leaves the text.</summary>
    public bool IsUnreadable => Value is null && !string.IsNullOrWhiteSpace(Raw);
    public override string ToString() => Value ?? "";
}
