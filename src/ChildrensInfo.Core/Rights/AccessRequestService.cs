using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Rights;

/// <summary>A request that came.</summary>
public class LogAccessRequest
{
    /// <summary>Made with the form, so that a double click logs one.</summary>
    public Guid Id { get; set; }

    /// <summary>The council's number for the child, exactly: there is no list to look through.</summary>
    public string? ChildNumber { get; set; }

    public Requester? Requester { get; set; }

    /// <summary>The name of whoever in the child's life asks, as it is kept.</summary>
    public string? RelationName { get; set; }

    public DateOnly? ReceivedOn { get; set; }

    public IdentityCheck? Identity { get; set; }

    public string? IdentityNote { get; set; }
}

public sealed class LogAccessRequestValidator : AbstractValidator<LogAccessRequest>
{
    public LogAccessRequestValidator(TimeProvider clock)
    {
        RuleFor(r => r.Id).NotEmpty();
        RuleFor(r => r.ChildNumber).Written("Enter the council’s number for the child", "the number", Children.Child.LaChildIdMaxLength);
        RuleFor(r => r.Requester).WhoAsks();
        RuleFor(r => r.RelationName).NameOfRelation(r => r.Requester);
        RuleFor(r => r.ReceivedOn).DayItCame(clock);
        RuleFor(r => r.Identity).NotNull().WithMessage("Choose how you know who they are").IsInEnum().WithMessage("Choose how you know who they are");
        RuleFor(r => r.IdentityNote).Written("Say what you saw and why they may ask", "this", AccessRequest.NoteMaxLength);
    }
}

/// <summary>What is chosen about things that are marked.</summary>
public class ChooseAccess
{
    public List<string> Items { get; set; } = [];

    public AccessReason? Reason { get; set; }
}

public sealed class ChooseAccessValidator : AbstractValidator<ChooseAccess>
{
    public ChooseAccessValidator()
    {
        RuleFor(c => c.Items).NotEmpty().WithMessage("Tick at least one");
        RuleFor(c => c.Reason).NotNull().WithMessage("Choose what becomes of what you ticked").IsInEnum().WithMessage("Choose what becomes of what you ticked");
    }
}

/// <summary>The serious-harm step, and on to a second person.</summary>
public class SendAccess
{
    public bool? HarmFound { get; set; }

    public string? HarmNote { get; set; }
}

public sealed class SendAccessValidator : AbstractValidator<SendAccess>
{
    public SendAccessValidator()
    {
        RuleFor(s => s.HarmFound).NotNull().WithMessage("Say whether anything was left out because of serious harm");
        RuleFor(s => s.HarmNote).Written("Say who you asked and what they said", "this", AccessRequest.NoteMaxLength);
    }
}

/// <param name="Choice">What was chosen about it last; null when nothing was, or nothing has to be.</param>
public sealed record AccessItem(HeldItem Held, AccessChoice? Choice)
{
    /// <summary>It is marked, and nobody has chosen yet.</summary>
    public bool Waits => !Held.MustNotBeTold && Held.Marks.Count > 0 && Choice is null;

    public bool IsGiven => !Held.MustNotBeTold && (Held.Marks.Count == 0 || Choice is { LetIn: true });
}

/// <summary>A request, opened for whoever deals with it.</summary>
public sealed record AccessOpened(AccessRequest Request, string IdentityNote, string? ExtensionReason, string? HarmNote, IReadOnlyList<AccessItem> Items, bool MayRelease);

public sealed record AccessRow(Guid Id, Guid ChildId, string ChildNumber, Requester Requester, AccessState State, DateOnly DueOn, DateOnly? DestroyOn);

/// <summary>
/// Answers those who ask for everything held on a child. One person logs it, looks through what is held and chooses; another looks at it and releases; the file is built,
/// fetched, and destroyed. Each step takes the whole authority's reach for the one child the request is about, and is written down.
/// </summary>
public sealed class AccessRequestService(AppDbContext db, KeyRing keys, FileStore files, HeldRecords held, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    public DateOnly Today => ConsentRules.LocalDay(Now);

    /// <summary>The requests of the authority, those due soonest first.</summary>
    public async Task<IReadOnlyList<AccessRow>> ListAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.AnswerRights)) return [];
        using var acting = db.ActingAs(actor.AsJob());
        var requests = await db.AccessRequests.AsNoTracking().Include(r => r.Child).ToListAsync(cancel);
        db.Add(AuditEntry.For(AuditActions.AccessListed, actor, null, null, clock, requests.Count.ToString(CultureInfo.InvariantCulture)));
        await db.SaveChangesAsync(cancel);
        return [.. requests.Select(r => new AccessRow(r.Id, r.ChildId, r.Child!.LaChildId, r.Requester, r.State, r.DueOn, r.DestroyOn))
            .OrderBy(r => r.State is AccessState.Ready or AccessState.Destroyed).ThenBy(r => r.DueOn)];
    }

    /// <returns>Null when the actor may not; otherwise the child, or why not.</returns>
    public async Task<(Guid ChildId, Outcome Outcome)?> LogAsync(LogAccessRequest input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.AnswerRights)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        var number = input.ChildNumber!.Trim();
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.LaChildId == number, cancel) is not { } child) return (Guid.Empty, Outcome.Refused(nameof(input.ChildNumber), "There is no child with that number"));
        Task<bool> IsThere() => db.AccessRequests.AnyAsync(r => r.Id == input.Id && r.ChildId == child.Id, cancel);
        if (await IsThere()) return (child.Id, Outcome.Done);
        Guid? relation = null;
        if (input.Requester == Requester.Relation)
        {
            relation = await RelationAsync(db, child.Id, input.RelationName!, cancel);
            if (relation is null) return (child.Id, Outcome.Refused(nameof(input.RelationName), "Nobody in this child’s life is kept under that name. Their worker adds them first, so that what must not be told to them is left out"));
        }

        db.Add(new AccessRequest
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            Requester = input.Requester!.Value,
            RelationshipId = relation,
            ReceivedOn = input.ReceivedOn!.Value,
            Identity = input.Identity!.Value,
            IdentityNoteSealed = await keys.SealAsync(child.Id, input.IdentityNote!.Trim(), input.Id, SealPart.AccessIdentity, cancel),
            LoggedById = actor.PersonId,
            LoggedAt = Now,
        });
        db.Add(AuditEntry.For(AuditActions.AccessLogged, actor, child.Id, input.Id, clock, $"{input.Requester}"));
        return (child.Id, await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore));
    }

    /// <summary>Who in the child’s life has that name: there is no list of them to look through. Null when nobody has it, or two have.</summary>
    internal static async Task<Guid?> RelationAsync(AppDbContext db, Guid childId, string name, CancellationToken cancel)
    {
        var exact = name.Trim();
        var named = (await db.Relationships.AsNoTracking().Where(r => r.ChildId == childId).ToListAsync(cancel)).FindAll(r => string.Equals(r.Name, exact, StringComparison.OrdinalIgnoreCase));
        return named.Count == 1 ? named[0].Id : null;
    }

    /// <summary>The request with everything held, opened only while it is to be looked through; before a word of it is shown, that it was read is written down.</summary>
    /// <returns>Null when there is none the actor may deal with.</returns>
    public async Task<AccessOpened?> OpenAsync(Guid childId, Guid id, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.AnswerRights)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.AccessRequests.AsNoTracking().Include(r => r.Child).Include(r => r.Relationship).SingleOrDefaultAsync(r => r.Id == id && r.ChildId == childId, cancel) is not { } request) return null;
        IReadOnlyList<AccessItem> items = request.State is AccessState.Open or AccessState.ForRelease ? await ItemsAsync(request, cancel) : [];
        if (items.Count > 0)
        {
            db.Add(AuditEntry.For(AuditActions.AccessRead, actor, childId, id, clock));
            await db.SaveChangesAsync(cancel);
        }

        async Task<string?> TextAsync(byte[]? text, int part) => text is null ? null : await keys.OpenAsync(childId, text, id, part, cancel);
        return new(request, (await TextAsync(request.IdentityNoteSealed, SealPart.AccessIdentity))!, await TextAsync(request.ExtensionReasonSealed, SealPart.AccessExtension), await TextAsync(request.HarmNoteSealed, SealPart.AccessHarm),
            items, request.State == AccessState.ForRelease && await WhyNotReleaseAsync(request, actor, cancel) is null);
    }

    /// <summary>What is held with what was chosen about it, for the request. The caller has taken the reach.</summary>
    internal async Task<IReadOnlyList<AccessItem>> ItemsAsync(AccessRequest request, CancellationToken cancel)
    {
        var choices = (await db.AccessChoices.AsNoTracking().Where(c => c.RequestId == request.Id).OrderBy(c => c.At).ThenBy(c => c.Id).ToListAsync(cancel)).GroupBy(c => c.Item).ToDictionary(g => g.Key, g => g.Last());
        var all = await held.ReadAsync(request.ChildId, request.Requester, request.RelationshipId, Today, cancel);
        return [.. all.Select(h => new AccessItem(h, choices.GetValueOrDefault(h.Item)))];
    }

    /// <summary>One file of what is held, for whoever looks through it.</summary>
    /// <returns>Null when it is not part of a request the actor is looking through.</returns>
    public async Task<(Stream Content, string ContentType)?> MediaAsync(Guid childId, Guid id, Guid fileId, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.AnswerRights)) return null;
        return await ReachAsync(actor, async () =>
        {
            if (!await db.AccessRequests.AnyAsync(r => r.Id == id && r.ChildId == childId && (r.State == AccessState.Open || r.State == AccessState.ForRelease), cancel)) return null;
            if (await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == fileId && f.ChildId == childId && f.Kind != FileKind.AccessPack && f.CompletedAt != null, cancel) is not { } file) return null;
            return (file, AuditEntry.For(AuditActions.VoiceHeard, actor, childId, fileId, clock, "for a request"), file.ContentType);
        }, cancel);
    }

    /// <summary>That it takes two months longer, said within the first month with the reason.</summary>
    public async Task<Outcome?> ExtendAsync(Guid childId, Guid id, string? reason, Actor actor, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(reason) || WrittenText.Length(reason) > AccessRequest.NoteMaxLength || !WrittenText.CanBeKept(reason)) return Outcome.Refused("ExtensionReason", $"Say why it is complex, in {AccessRequest.NoteMaxLength:N0} characters or fewer: it goes to whoever asked");
        return await ChangeAsync(childId, id, actor, async request =>
        {
            if (request.State is not (AccessState.Open or AccessState.ForRelease)) return "It was released";
            if (RequestRules.WhyNotLater(request.DueOn, request.ExtendedAt, Today) is { } why) return why;
            request.ExtendedAt = Now;
            request.ExtensionReasonSealed = await keys.SealAsync(childId, reason.Trim(), id, SealPart.AccessExtension, cancel);
            return null;
        }, AuditActions.AccessExtended, _ => null, cancel);
    }

    /// <summary>Lets in or leaves out what is marked, with the reason.</summary>
    public async Task<Outcome?> ChooseAsync(Guid childId, Guid id, ChooseAccess input, Actor actor, CancellationToken cancel) =>
        await ChangeAsync(childId, id, actor, async request =>
        {
            if (request.State != AccessState.Open) return "It is with a second person: it has to come back first";
            var marked = (await ItemsAsync(request, cancel)).Where(i => i.Held.Marks.Count > 0 && !i.Held.MustNotBeTold).Select(i => i.Held.Item).ToHashSet();
            var chosen = input.Items.Distinct().ToList();
            if (chosen.Exists(i => !marked.Contains(i))) return "Something ticked is not marked. Open the page again";
            db.AddRange(chosen.Select(item => new AccessChoice { AuthorityId = request.AuthorityId, ChildId = childId, RequestId = id, Item = item, LetIn = AccessChoice.LetsIn(input.Reason!.Value), Reason = input.Reason.Value, ById = actor.PersonId, At = Now }));
            return null;
        }, AuditActions.AccessChosen, _ => $"{input.Reason} {input.Items.Count}", cancel);

    public async Task<Outcome?> SendAsync(Guid childId, Guid id, SendAccess input, Actor actor, CancellationToken cancel) =>
        await ChangeAsync(childId, id, actor, async request =>
        {
            if (request.State != AccessState.Open) return "It was sent already";
            var items = await ItemsAsync(request, cancel);
            if (items.Any(i => i.Waits)) return "Choose first about everything that is marked";
            if (items.Any(i => i.Choice is { Reason: AccessReason.SeriousHarm } && !i.Held.MustNotBeTold) != input.HarmFound) return input.HarmFound == true ? "Nothing is left out because of serious harm" : "Something is left out because of serious harm";
            (request.State, request.SentById, request.SentAt, request.HarmFound) = (AccessState.ForRelease, actor.PersonId, Now, input.HarmFound);
            request.HarmNoteSealed = await keys.SealAsync(childId, input.HarmNote!.Trim(), id, SealPart.AccessHarm, cancel);
            return null;
        }, AuditActions.AccessSent, r => r.HarmFound == true ? "harm" : "no harm", cancel);

    /// <summary>A second person sends it back to be looked at again.</summary>
    public async Task<Outcome?> ReturnAsync(Guid childId, Guid id, Actor actor, CancellationToken cancel) =>
        await ChangeAsync(childId, id, actor, request =>
        {
            if (request.State != AccessState.ForRelease) return Task.FromResult<string?>("It is not with a second person");
            (request.State, request.SentById, request.SentAt) = (AccessState.Open, null, null);
            return Task.FromResult<string?>(null);
        }, AuditActions.AccessReturned, _ => null, cancel);

    /// <summary>A second person, who chose nothing of it, releases it; the file is then built.</summary>
    public async Task<Outcome?> ReleaseAsync(Guid childId, Guid id, Actor actor, CancellationToken cancel) =>
        await ChangeAsync(childId, id, actor, async request =>
        {
            if (request.State != AccessState.ForRelease) return "It is not waiting to be released";
            if (await WhyNotReleaseAsync(request, actor, cancel) is { } why) return why;
            // What was written about the child since it was sent has been chosen about by nobody.
            if ((await ItemsAsync(request, cancel)).Any(i => i.Waits)) return "Something new is held since it was sent, and it is marked. Send it back to be looked at again";
            (request.State, request.ReleasedById, request.ReleasedAt) = (AccessState.Building, actor.PersonId, Now);
            db.Add(new Job { AuthorityId = request.AuthorityId, Kind = JobKind.BuildAccessPack, SubjectId = id, RequestedById = actor.PersonId, RequestedAt = Now });
            return null;
        }, AuditActions.AccessReleased, _ => null, cancel);

    /// <summary>The file, once it is built and before it is destroyed. That it was fetched is written down before a byte is sent.</summary>
    public async Task<(Stream Content, string Name)?> DownloadAsync(Guid childId, Guid id, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.AnswerRights)) return null;
        return await ReachAsync(actor, async () =>
        {
            var request = await db.AccessRequests.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id && r.ChildId == childId, cancel);
            if (request is not { State: AccessState.Ready, FileId: { } fileId } || request.DestroyOn < Today) return null;
            var file = await db.Files.AsNoTracking().SingleAsync(f => f.Id == fileId && f.Kind == FileKind.AccessPack && f.CompletedAt != null, cancel);
            return (file, AuditEntry.For(AuditActions.AccessDownloaded, actor, childId, id, clock), AccessPack.FileName(id));
        }, cancel);
    }

    /// <summary>Opens a file with the reach of the whole authority, which lasts until it was sent, after the line about it is kept.</summary>
    private async Task<(Stream Content, string Said)?> ReachAsync(Actor actor, Func<Task<(StoredFile File, AuditEntry Line, string Said)?>> find, CancellationToken cancel)
    {
        var acting = db.ActingAs(actor.AsJob());
        try
        {
            if (await find() is not { } found)
            {
                acting.Dispose();
                return null;
            }

            db.Add(found.Line);
            await db.SaveChangesAsync(cancel);
            return (new ReachingStream(await files.OpenAsync(found.File, cancel), acting), found.Said);
        }
        catch
        {
            acting.Dispose();
            throw;
        }
    }

    /// <summary>Destroys the file before its time.</summary>
    public async Task<Outcome?> DestroyAsync(Guid childId, Guid id, Actor actor, CancellationToken cancel) =>
        await ChangeAsync(childId, id, actor, async request =>
        {
            if (request.State != AccessState.Ready) return "There is no file";
            if (await LegalHoldService.Over(db, childId).AnyAsync(cancel)) return LegalHoldService.Stands;
            await DestroyAsync(request, cancel);
            return null;
        }, AuditActions.AccessDestroyed, _ => "by hand", cancel);

    /// <summary>Destroys the files of an authority whose time is up.</summary>
    public async Task DestroyDueAsync(Actor service, CancellationToken cancel)
    {
        using var acting = db.ActingAs(service);
        var today = Today;
        foreach (var request in await db.AccessRequests.Where(r => r.State == AccessState.Ready && r.DestroyOn < today && !db.LegalHolds.Any(h => h.LiftedAt == null && (h.ChildId == null || h.ChildId == r.ChildId))).ToListAsync(cancel))
        {
            await DestroyAsync(request, cancel);
            db.Add(AuditEntry.For(AuditActions.AccessDestroyed, service, request.ChildId, request.Id, clock, "its time was up"));
            await db.SaveChangesAsync(cancel);
        }
    }

    private async Task DestroyAsync(AccessRequest request, CancellationToken cancel)
    {
        db.Remove(await db.Files.SingleAsync(f => f.Id == request.FileId && f.Kind == FileKind.AccessPack, cancel));
        (request.State, request.FileId, request.DestroyedAt) = (AccessState.Destroyed, null, Now);
    }

    private async Task<string?> WhyNotReleaseAsync(AccessRequest request, Actor actor, CancellationToken cancel) =>
        request.SentById == actor.PersonId || request.LoggedById == actor.PersonId || await db.AccessChoices.AnyAsync(c => c.RequestId == request.Id && c.ById == actor.PersonId, cancel)
            ? "You dealt with this yourself, so somebody else releases it" : null;

    private async Task<Outcome?> ChangeAsync(Guid childId, Guid id, Actor actor, Func<AccessRequest, Task<string?>> change, string action, Func<AccessRequest, string?> detail, CancellationToken cancel)
    {
        if (!actor.Can(Capability.AnswerRights)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.AccessRequests.SingleOrDefaultAsync(r => r.Id == id && r.ChildId == childId, cancel) is not { } request) return null;
        if (await change(request) is { } why)
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", why);
        }

        db.Add(AuditEntry.For(action, actor, childId, id, clock, detail(request)));
        return await db.SaveOrRefuseAsync(cancel);
    }
}

/// <summary>What is read with a reach that was taken for it, and given back when the last byte is sent.</summary>
internal sealed class ReachingStream(Stream content, IDisposable acting) : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => content.CanSeek;
    public override bool CanWrite => false;
    public override long Length => content.Length;
    public override long Position { get => content.Position; set => content.Position = value; }

    public override int Read(byte[] buffer, int offset, int count) => content.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => content.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => content.ReadAsync(buffer, offset, count, cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => content.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
            acting.Dispose();
        }

        base.Dispose(disposing);
    }
}
