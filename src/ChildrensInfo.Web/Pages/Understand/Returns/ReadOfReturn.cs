using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Returns;

internal static class ReadOfReturn
{
    /// <summary>Writes that somebody read what a return says of children: beside the child, where it was one child only.</summary>
    /// <param name="children">The council's numbers of the children it is about, as often as they stand there.</param>
    public static async Task AuditReturnReadAsync(this AppDbContext db, Guid? returnId, string detail, IEnumerable<string?> children, Actor? actor, TimeProvider clock, CancellationToken cancel)
    {
        var child = children.Where(c => !string.IsNullOrEmpty(c)).Distinct().ToList() is [{ } number]
            ? await db.Children.Where(c => c.LaChildId == number).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(cancel) : null;
        db.Add(AuditEntry.For(AuditActions.ReturnRead, actor, child, returnId, clock, detail));
        await db.SaveChangesAsync(cancel);
    }
}
