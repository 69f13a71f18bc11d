using System.Globalization;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>Results as they are sent for review.</summary>
public class SubmitOutput
{
    /// <summary>Made with the form, so that a double click sends once.</summary>
    public Guid Id { get; set; }

    public string? Title { get; set; }

    public string? How { get; set; }

    public OutputKind? Kind { get; set; }
}

public sealed class SubmitOutputValidator : AbstractValidator<SubmitOutput>
{
    public SubmitOutputValidator()
    {
        RuleFor(o => o.Id).NotEmpty();
        RuleFor(o => o.Title).NotEmpty().WithMessage("Say what it shows")
            .MaximumLength(ResearchOutput.TitleMaxLength).WithMessage($"Keep this to {ResearchOutput.TitleMaxLength} characters or fewer");
        RuleFor(o => o.How).NotEmpty().WithMessage("Say how it was made, and what each number counts")
            .MaximumLength(ResearchOutput.HowMaxLength).WithMessage($"Keep this to {ResearchOutput.HowMaxLength.ToString("#,0", CultureInfo.InvariantCulture)} characters or fewer");
        RuleFor(o => o.Kind).NotNull().WithMessage("Choose what it is");
    }
}

/// <summary>What becomes of results, with the reason that stays on record.</summary>
public class DecideOutput
{
    public uint Version { get; set; }

    public OutputState? Answer { get; set; }

    public string? Reason { get; set; }
}

public sealed class DecideOutputValidator : AbstractValidator<DecideOutput>
{
    public DecideOutputValidator()
    {
        RuleFor(d => d.Answer).Must(a => a is OutputState.Released or OutputState.AskedBack or OutputState.Refused).WithMessage("Choose what becomes of it");
        RuleFor(d => d.Reason).NotEmpty().WithMessage("Give the reason for your decision")
            .MaximumLength(ResearchOutput.ReasonMaxLength).WithMessage($"Keep the reason to {ResearchOutput.ReasonMaxLength.ToString("#,0", CultureInfo.InvariantCulture)} characters or fewer");
    }
}

/// <summary>Results of research projects: sent by the researcher, looked at and decided on by somebody else, and only then fetched. Who sent them sees their own; whoever reviews sees all.</summary>
public sealed class OutputService(AppDbContext db, FileStore files, EarlierResults earlier, ExtractLinks links, TimeProvider clock)
{
    public DateOnly Today => ConsentRules.LocalDay(Now);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The results an actor may see.</summary>
    public IQueryable<ResearchOutput> OutputsFor(Actor actor) =>
        actor.Can(Capability.ReviewProjects) ? db.ResearchOutputs
        : actor.Can(Capability.UseExtracts) ? db.ResearchOutputs.Where(o => o.SubmittedById == actor.PersonId)
        : db.ResearchOutputs.Where(o => false);

    /// <returns>Null when the project is not the actor's.</returns>
    public async Task<Outcome?> SubmitAsync(Guid projectId, SubmitOutput input, ReadOnlyMemory<byte> bytes, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UseExtracts)) return null;
        if (await db.ResearchProjects.SingleOrDefaultAsync(p => p.Id == projectId && p.OwnerId == actor.PersonId, cancel) is not { } project) return null;
        if (await db.ResearchOutputs.AnyAsync(o => o.Id == input.Id && o.ProjectId == projectId && o.SubmittedById == actor.PersonId, cancel)) return Outcome.Done;
        if (!project.IsOpenOn(Today)) return Outcome.Refused("", "Results can be sent only while a project is approved and has not ended");
        var kept = OutputFile.Read(bytes.Span, input.Kind!.Value);
        if (kept.Bytes is not { } safe) return Outcome.Refused("File", kept.Refusal!);
        var file = await files.BeginAsync(Guid.CreateVersion7(), FileKind.Output, null, kept.ContentType, safe.Length, actor, cancel);
        await files.PutChunkAsync(file, 0, safe, cancel);
        file.Sha256 = SHA256.HashData(safe);
        file.CompletedAt = Now;
        var output = new ResearchOutput
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            ProjectId = projectId,
            SubmittedById = actor.PersonId,
            SubmittedAt = Now,
            Title = input.Title!.Trim(),
            How = input.How!.Trim(),
            Kind = kept.Kind,
            FileId = file.Id,
            Marks = [.. kept.Marks],
            HiddenSheets = kept.HiddenSheets,
        };
        db.Add(output);
        db.Add(AuditEntry.For(AuditActions.OutputSubmitted, actor, null, output.Id, clock, kept.ContentType));
        return await db.SaveOrRefuseAsync(cancel);
    }

    /// <summary>The content, for whoever sent it or reviews it; that it was opened is written down before a byte is shown.</summary>
    /// <returns>Null when there is none that the actor may see.</returns>
    public async Task<(string ContentType, byte[] Bytes)?> OpenAsync(Guid outputId, Actor actor, CancellationToken cancel)
    {
        if (await OutputsFor(actor).AsNoTracking().SingleOrDefaultAsync(o => o.Id == outputId, cancel) is not { } output) return null;
        db.Add(AuditEntry.For(AuditActions.OutputOpened, actor, null, outputId, clock));
        await db.SaveChangesAsync(cancel);
        var file = await db.Files.AsNoTracking().SingleAsync(f => f.Id == output.FileId && f.Kind == FileKind.Output && f.CompletedAt != null, cancel);
        await using var stored = await files.OpenAsync(file, cancel);
        using var bytes = new MemoryStream();
        await stored.CopyToAsync(bytes, cancel);
        return (file.ContentType, bytes.ToArray());
    }

    /// <summary>A table of results beside everything released before it. Only whoever reviews is told: to whoever sent it, it would tell what others have.</summary>
    /// <returns>Null when the actor does not review.</returns>
    public async Task<EarlierComparison?> CompareAsync(ResearchOutput output, IReadOnlyList<string[]> table, Actor actor, CancellationToken cancel) =>
        actor.Can(Capability.ReviewProjects) ? await earlier.CompareAsync(output, table, Now, cancel) : null;

    /// <returns>Null when the actor may not decide, or there are no such results.</returns>
    public async Task<Outcome?> DecideAsync(Guid outputId, DecideOutput input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.ReviewProjects)) return null;
        var output = await db.ResearchOutputs.Include(o => o.Project).SingleOrDefaultAsync(o => o.Id == outputId, cancel);
        if (output is null) return null;
        if (output.SubmittedById == actor.PersonId) return Outcome.Refused("", "Nobody decides on results they sent");
        if (output.State != OutputState.Submitted) return Outcome.Refused("", "These results are not waiting for a decision");
        if (input.Answer == OutputState.Released && !output.Project!.IsOpenOn(Today)) return Outcome.Refused(nameof(DecideOutput.Answer), "The project has ended, so its results can no longer be released");
        output.State = input.Answer!.Value;
        output.DecidedById = actor.PersonId;
        output.DecidedAt = Now;
        output.DecisionReason = input.Reason!.Trim();
        db.Add(AuditEntry.For(AuditActions.OutputDecided, actor, null, output.Id, clock, output.State.ToString()));
        db.Entry(output).Property(o => o.Version).OriginalValue = input.Version;
        return await db.SaveOrRefuseAsync(cancel);
    }

    /// <summary>Makes a link by which who sent released results fetches them once and soon.</summary>
    /// <returns>The link's words, told this once; null when there is nothing this actor may fetch.</returns>
    public async Task<string?> MakeLinkAsync(Guid projectId, Guid outputId, Actor actor, CancellationToken cancel)
    {
        if (await FetchableAsync(projectId, outputId, actor, cancel) is null) return null;
        var token = await links.AddAsync(null, outputId, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.OutputLinkMade, actor, null, outputId, clock));
        return (await db.SaveOrRefuseAsync(cancel)).IsDone ? token : null;
    }

    /// <summary>As <see cref="ExtractService.OpenLinkAsync"/>, of results.</summary>
    public async Task<LinkAnswer?> OpenLinkAsync(Guid projectId, Guid outputId, string token, bool use, Actor actor, CancellationToken cancel)
    {
        var (link, code, message) = await links.FindAsync(null, outputId, token, actor, cancel);
        var output = code.Length == 0 ? await FetchableAsync(projectId, outputId, actor, cancel) : null;
        if (code.Length == 0 && output is null) (code, message) = ExtractLinks.Stopped;
        if (code.Length > 0)
        {
            db.Add(AuditEntry.For(AuditActions.OutputLinkRefused, actor, null, outputId, clock, code));
            await db.SaveChangesAsync(cancel);
            return message.Length == 0 ? null : new LinkAnswer(null, new Refusal("", message));
        }

        if (use)
        {
            link!.UsedAt = Now;
            db.Add(AuditEntry.For(AuditActions.OutputDownloaded, actor, null, outputId, clock));
            // Of two that use it at once, one finds it used.
            if ((await db.SaveOrRefuseAsync(cancel)).Refusal is not null) return await OpenLinkAsync(projectId, outputId, token, use, actor, cancel);
        }

        return new LinkAnswer(output!.FileId, null);
    }

    private async Task<ResearchOutput?> FetchableAsync(Guid projectId, Guid outputId, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UseExtracts)) return null;
        var output = await db.ResearchOutputs.AsNoTracking().Include(o => o.Project)
            .SingleOrDefaultAsync(o => o.Id == outputId && o.ProjectId == projectId && o.SubmittedById == actor.PersonId && o.Project!.OwnerId == actor.PersonId, cancel);
        return output is { State: OutputState.Released } && output.Project!.IsOpenOn(Today) ? output : null;
    }
}
