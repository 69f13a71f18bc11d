namespace ChildrensInfo.Web.Forms;

public static class FormText
{
    /// <summary>
    /// The text as it stood in the box. Browsers send every line break of a text box as CR LF, whatever was typed; the box itself holds LF.
    /// Nothing else is touched: not spaces at the ends, not the form of accents, not invisible marks that turn the writing round.
    /// </summary>
    public static string? AsTyped(string? sent) => sent?.Replace("\r\n", "\n", StringComparison.Ordinal);
}
