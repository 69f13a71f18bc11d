using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>Links to what leaves: an extract or released results. Whether there is anything to fetch, and what is written down, is for whoever calls.</summary>
public sealed class ExtractLinks(AppDbContext db, TimeProvider clock)
{
    public static readonly (string Code, string Message) Stopped = ("stopped", "The file can no longer be fetched");

    /// <summary>A new link, added for the caller to save. Earlier ones to the same file work no more.</summary>
    /// <returns>The link's words, told this once.</returns>
    public async Task<string> AddAsync(Guid? extractId, Guid? outputId, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var earlier in await db.ExtractLinks.Where(l => l.ExtractId == extractId && l.OutputId == outputId && l.UsedAt == null && l.ExpiresAt > now).ToListAsync(cancel)) earlier.ExpiresAt = now;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        db.Add(new ExtractLink
        {
            AuthorityId = actor.AuthorityId,
            ExtractId = extractId,
            OutputId = outputId,
            PersonId = actor.PersonId,
            TokenHash = HashOf(token),
            MadeAt = now,
            ExpiresAt = now.AddMinutes(ExtractLink.Minutes),
        });
        return token;
    }

    /// <returns>The link, and why it does not work as a code and in words; no words when it is nobody's or not this person's.</returns>
    public async Task<(ExtractLink? Link, string Code, string Message)> FindAsync(Guid? extractId, Guid? outputId, string token, Actor actor, CancellationToken cancel)
    {
        var hash = HashOf(token);
        var link = await db.ExtractLinks.SingleOrDefaultAsync(l => l.TokenHash == hash && l.ExtractId == extractId && l.OutputId == outputId, cancel);
        var (code, message) = link switch
        {
            null => ("unknown", ""),
            _ when link.PersonId != actor.PersonId => ("another-person", ""),
            { UsedAt: not null } => ("used", "This link was used. A link works once. Make another"),
            _ when link.ExpiresAt <= clock.GetUtcNow().UtcDateTime => ("expired", "This link is too old or another one was made. Make another"),
            _ => ("", ""),
        };
        return (link, code, message);
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
