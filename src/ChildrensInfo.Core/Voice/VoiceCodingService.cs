using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>What a record is about, as the child or a worker names it.</summary>
public class CodeVoice
{
    public string? Theme { get; set; }

    public CodedBy? CodedBy { get; set; }

    public ChildPriority Priority { get; set; }

    public ThemeDirection? Direction { get; set; }

    public ViewsCompared Views { get; set; }
}

public sealed class CodeVoiceValidator : AbstractValidator<CodeVoice>
{
    public CodeVoiceValidator()
    {
        RuleFor(c => c.Theme).Must(t => Themes.Find(t) is not null).WithMessage("Choose what it is about");
        RuleFor(c => c.CodedBy).NotNull().WithMessage("Choose who named it").IsInEnum().WithMessage("Choose who named it");
        RuleFor(c => c.Direction).NotNull().WithMessage("Choose whether it is something good, a worry or a wish").IsInEnum().WithMessage("Choose whether it is something good, a worry or a wish");
        RuleFor(c => c.Priority).IsInEnum().Must(p => p == ChildPriority.NotSaid).When(c => c.CodedBy == Voice.CodedBy.Worker, ApplyConditionTo.CurrentValidator)
            .WithMessage("Only the child can say how much it matters. Leave it at “Not said” for your own label");
        RuleFor(c => c.Views).IsInEnum();
    }
}

/// <summary>Keeps what records are about. The sealed words are never opened for it, and nothing of them is in it.</summary>
public sealed class VoiceCodingService(AppDbContext db, DoNotTellService doNotTell, TimeProvider clock)
{
    /// <returns>Null when the record is not one the actor may see.</returns>
    public async Task<Outcome?> CodeAsync(Guid childId, Guid recordId, CodeVoice input, Actor actor, CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).Where(r => r.Id == recordId && r.ChildId == childId).Select(r => new { r.AuthorityId, r.Kind }).SingleOrDefaultAsync(cancel);
        if (record is null || !actor.Can(Capability.HearChildren)) return null;
        if (record.Kind == VoiceKind.Declined) return Outcome.Refused(nameof(input.Theme), "Nothing was said, so there is nothing to name");
        if (await db.VoiceCodings.AnyAsync(c => c.VoiceRecordId == recordId && c.Theme == input.Theme && c.CodedBy == input.CodedBy && c.RemovedAt == null, cancel))
        {
            return Outcome.Refused(nameof(input.Theme), "This is named already. Take it away first to name it differently");
        }

        var coding = new VoiceCoding
        {
            AuthorityId = record.AuthorityId,
            ChildId = childId,
            VoiceRecordId = recordId,
            Theme = input.Theme!,
            CodedBy = input.CodedBy!.Value,
            Priority = input.Priority,
            Direction = input.Direction!.Value,
            Views = input.Views,
            CoderId = actor.PersonId,
            CodedAt = clock.GetUtcNow().UtcDateTime,
        };
        db.Add(coding);
        db.Add(AuditEntry.For(AuditActions.VoiceCoded, actor, childId, recordId, clock, $"{coding.Theme} {coding.CodedBy}"));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>Another worker read the record and names it so too. The first who does stands.</summary>
    /// <returns>Null when it is not there to be seconded: taken away, seconded, or the actor's own.</returns>
    public async Task<Outcome?> SecondAsync(Guid childId, Guid recordId, Guid codingId, Actor actor, CancellationToken cancel)
    {
        var readable = doNotTell.ReadableBy(actor, db.VoiceRecords);
        var coding = await db.VoiceCodings.SingleOrDefaultAsync(
            c => c.Id == codingId && c.VoiceRecordId == recordId && c.ChildId == childId && c.RemovedAt == null && c.SecondCoderId == null && c.CoderId != actor.PersonId && readable.Any(r => r.Id == c.VoiceRecordId), cancel);
        if (coding is null || !actor.Can(Capability.HearChildren)) return null;
        coding.SecondCoderId = actor.PersonId;
        coding.SecondCodedAt = clock.GetUtcNow().UtcDateTime;
        db.Add(AuditEntry.For(AuditActions.VoiceCodingSeconded, actor, childId, coding.VoiceRecordId, clock, coding.Theme));
        return await db.SaveOrRefuseAsync(cancel);
    }

    /// <returns>Null when it is not there to be taken away.</returns>
    public async Task<Outcome?> RemoveAsync(Guid childId, Guid recordId, Guid codingId, Actor actor, CancellationToken cancel)
    {
        var readable = doNotTell.ReadableBy(actor, db.VoiceRecords);
        var coding = await db.VoiceCodings.SingleOrDefaultAsync(
            c => c.Id == codingId && c.VoiceRecordId == recordId && c.ChildId == childId && c.RemovedAt == null && readable.Any(r => r.Id == c.VoiceRecordId), cancel);
        if (coding is null || !actor.Can(Capability.HearChildren)) return null;
        coding.RemovedAt = clock.GetUtcNow().UtcDateTime;
        coding.RemovedById = actor.PersonId;
        db.Add(AuditEntry.For(AuditActions.VoiceCodingRemoved, actor, childId, coding.VoiceRecordId, clock, coding.Theme));
        return await db.SaveOrRefuseAsync(cancel);
    }
}
