using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Learning;

/// <summary>A view about to be put into a pack.</summary>
public class AddPackView
{
    /// <summary>What stands for a pack that is made with its first view.</summary>
    public const string NewPack = "new";

    /// <summary>Made with the form, so that a double click adds one.</summary>
    public Guid Id { get; set; }

    public string? Title { get; set; }

    /// <summary>The id of a pack, or <see cref="NewPack"/>.</summary>
    public string? Pack { get; set; }

    public string? PackTitle { get; set; }
}

public sealed class AddPackViewValidator : AbstractValidator<AddPackView>
{
    public AddPackViewValidator()
    {
        RuleFor(v => v.Id).NotEmpty();
        RuleFor(v => v.Title).Written("Enter what this view is called in the pack", "what it is called", MonthlyPack.TitleMaxLength);
        RuleFor(v => v.Pack).NotEmpty().WithMessage("Choose a pack");
        When(v => v.Pack == AddPackView.NewPack, () => RuleFor(v => v.PackTitle).Written("Enter what the pack is called", "what the pack is called", MonthlyPack.TitleMaxLength));
    }
}

public enum PackChange
{
    /// <summary>A view goes before the one it follows.</summary>
    Earlier,

    /// <summary>A view goes after the one it stands before.</summary>
    Later,

    /// <summary>A view is taken out; editions that hold it keep it.</summary>
    TakeOut,

    /// <summary>No more editions are made.</summary>
    Stop,

    /// <summary>Editions are made again.</summary>
    GoOn,
}

public class WriteForeword
{
    /// <summary>When the foreword was written that stood in the form, in ticks; 0 for none.</summary>
    public long Seen { get; set; }

    public string? Text { get; set; }
}

public sealed class WriteForewordValidator : AbstractValidator<WriteForeword>
{
    public WriteForewordValidator() => When(f => !string.IsNullOrWhiteSpace(f.Text), () => RuleFor(f => f.Text).Written("Write the foreword", "the foreword", PackEdition.ForewordMaxLength));
}

/// <param name="Failed">Whether this month's edition could not be made when it was last tried.</param>
public sealed record PackOpened(MonthlyPack Pack, IReadOnlyList<(Guid Id, DateOnly Month, DateTime? PublishedAt)> Editions, bool Failed);

/// <summary>An edition, opened.</summary>
/// <param name="Foreword">Null when there is none.</param>
public sealed record EditionOpened(PackEdition Edition, IReadOnlyList<EditionView> Views, string? Foreword, string? ForewordBy, string? PublishedBy);

/// <summary>Monthly packs and their editions, for those who may see figures.</summary>
public sealed class PackService(AppDbContext db, KeyRing keys, NeedFigures figures, IndicatorCalculation calculation, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Puts a view into a pack, or makes a pack with it.</summary>
    /// <returns>Null when the actor may not see figures.</returns>
    public async Task<Outcome?> AddViewAsync(NeedView view, AddPackView input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed)) return null;
        Task<bool> IsThere() => db.PackViews.AnyAsync(v => v.Id == input.Id && v.IndicatorKey == view.Indicator, cancel);
        if (await IsThere()) return Outcome.Done;
        var isNew = input.Pack == AddPackView.NewPack;
        var pack = isNew ? new MonthlyPack { AuthorityId = actor.AuthorityId, Title = input.PackTitle!.Trim(), CreatedAt = Now }
            : Guid.TryParse(input.Pack, out var id) ? await db.MonthlyPacks.Include(p => p.Views).SingleOrDefaultAsync(p => p.Id == id, cancel) : null;
        if (pack is null) return Outcome.Refused(nameof(input.Pack), "Choose from the list");
        if (pack.Views.Count >= MonthlyPack.MostViews) return Outcome.Refused(nameof(input.Pack), $"A pack holds up to {MonthlyPack.MostViews} views. Take one out first, or choose another pack");
        if (isNew) db.Add(pack);
        pack.KeptById = actor.PersonId;
        db.Add(new PackView
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            PackId = pack.Id,
            Title = input.Title!.Trim(),
            IndicatorKey = view.Indicator,
            By = view.By,
            Group = view.Group,
            Position = pack.Views.Select(v => v.Position).DefaultIfEmpty().Max() + 1,
        });
        db.Add(AuditEntry.For(isNew ? AuditActions.PackMade : AuditActions.PackChanged, actor, null, pack.Id, clock, $"added {(view with { Day = null }).Detail}"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <returns>False when there is no such pack, or no such view of it.</returns>
    public async Task<bool> ChangeAsync(Guid packId, PackChange change, Guid? viewId, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed) || await db.MonthlyPacks.Include(p => p.Views).SingleOrDefaultAsync(p => p.Id == packId, cancel) is not { } pack) return false;
        pack.KeptById = actor.PersonId;
        if (change is PackChange.Stop or PackChange.GoOn)
        {
            pack.StoppedAt = change == PackChange.GoOn ? null : pack.StoppedAt ?? Now;
        }
        else
        {
            var views = InOrder(pack).ToList();
            var at = views.FindIndex(v => v.Id == viewId);
            if (at < 0) return false;
            var view = views[at];
            views.RemoveAt(at);
            if (change == PackChange.TakeOut) db.Remove(view);
            else views.Insert(Math.Clamp(at + (change == PackChange.Earlier ? -1 : 1), 0, views.Count), view);
            for (var i = 0; i < views.Count; i++) views[i].Position = i + 1;
        }

        db.Add(AuditEntry.For(AuditActions.PackChanged, actor, null, pack.Id, clock, $"{change}"));
        await db.SaveChangesAsync(cancel);
        return true;
    }

    /// <summary>The packs, each with its editions, the newest first.</summary>
    public async Task<IReadOnlyList<PackOpened>> OpenAsync(Actor actor, CancellationToken cancel, Guid? only = null)
    {
        if (!actor.Can(Capability.UnderstandNeed)) return [];
        var packs = await db.MonthlyPacks.AsNoTracking().Include(p => p.Views).Where(p => only == null || p.Id == only).OrderBy(p => p.CreatedAt).ToListAsync(cancel);
        var editions = (await db.PackEditions.Where(e => only == null || e.PackId == only).OrderByDescending(e => e.Month).Select(e => new { e.PackId, e.Id, e.Month, e.PublishedAt }).ToListAsync(cancel)).ToLookup(e => e.PackId);
        var due = packs.Where(p => p.IsDue(Now)).Select(p => p.Id).ToList();
        var since = Now.AddDays(-1);
        var failed = await db.Jobs.Where(j => j.Kind == JobKind.MakeEdition && due.Contains(j.SubjectId) && j.State == JobState.Failed && j.RequestedAt > since).Select(j => j.SubjectId).ToListAsync(cancel);
        return [.. packs.Select(p => new PackOpened(p, [.. editions[p.Id].Select(e => (e.Id, e.Month, e.PublishedAt))], failed.Contains(p.Id)))];
    }

    public static IEnumerable<PackView> InOrder(MonthlyPack pack) => pack.Views.OrderBy(v => v.Position).ThenBy(v => v.Id);

    /// <summary>Finds what there is to see of a view, or why there is nothing.</summary>
    public async Task<(NeedLook? Look, ViewGone? Gone)> LookAsync(NeedView view, Actor actor, CancellationToken cancel)
    {
        var (look, isGood) = await figures.LookAsync(view, actor, cancel);
        return (look, look is null ? isGood ? ViewGone.Retired : ViewGone.NoSuchGroup
            : look.Indicator.Definition.Counts is null ? ViewGone.NotCounted
            : look.Released is null ? ViewGone.NoFigures : null);
    }

    /// <summary>Makes this month's edition of a pack of the figures as they are shown today, and does nothing when it is not due.</summary>
    public async Task MakeAsync(Guid packId, Actor actor, JobProgress? progress, CancellationToken cancel)
    {
        if (actor.Reach != Reach.Whole) throw new UnauthorizedAccessException("Only as a job: nobody freezes figures by hand.");
        if (await db.MonthlyPacks.AsNoTracking().SingleOrDefaultAsync(p => p.Id == packId, cancel) is not { } found || !found.IsDue(Now)) return;
        await WorkOutAsync(actor, progress, cancel);

        var pack = await db.MonthlyPacks.Include(p => p.Views).SingleAsync(p => p.Id == packId, cancel);
        var month = MonthlyPack.MonthOf(ConsentRules.LocalDay(Now));
        var views = new List<EditionView>();
        foreach (var view in InOrder(pack))
        {
            var (look, gone) = await LookAsync(view.View, actor, cancel);
            views.Add(gone is null
                ? new(view.Title, view.IndicatorKey, view.By, view.Group, ViewPicture.Of(look!), look!.Indicator.Definition, null, await figures.LineAsync(look, cancel), look.Released!.ThemesOf(look.Filter))
                : new(view.Title, view.IndicatorKey, view.By, view.Group, null, look?.Indicator.Definition, gone));
        }

        pack.MadeFor = month;
        if (views.Count > 0)
        {
            var id = Guid.CreateVersion7();
            var (_, keyId, wrapped) = await keys.NewOwnAsync(pack.AuthorityId, id, cancel);
            var edition = new PackEdition
            {
                Id = id,
                AuthorityId = pack.AuthorityId,
                PackId = pack.Id,
                Month = month,
                Title = pack.Title,
                ViewsJson = PackEdition.Write(views),
                MadeAt = Now,
                AuthorityKeyId = keyId,
                WrappedKey = wrapped,
            };
            db.Add(edition);
            db.Add(AuditEntry.For(AuditActions.EditionMade, actor, null, edition.Id, clock, $"{NeedView.Iso(month)} {views.Count} views"));
        }

        await db.SaveOnceAsync(() => db.PackEditions.AnyAsync(e => e.PackId == packId && e.Month == month, cancel), cancel);
    }

    /// <returns>Null when there is no such edition before the actor.</returns>
    public async Task<EditionOpened?> EditionAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed) || await db.PackEditions.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancel) is not { } edition) return null;
        var names = await db.Users.Where(u => u.Id == edition.ForewordById || u.Id == edition.PublishedById).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var foreword = edition.Foreword is null ? null : Encoding.UTF8.GetString(Seal.Open(await keys.OpenOwnAsync(edition.AuthorityKeyId, edition.WrappedKey, edition.Id, cancel), edition.Foreword, edition.Id, SealPart.Foreword));
        string? By(Guid? person) => person is { } p ? names.GetValueOrDefault(p) : null;
        return new(edition, edition.ReadViews(), foreword, By(edition.ForewordById), By(edition.PublishedById));
    }

    /// <summary>Keeps the foreword of an edition and, when it is to be, publishes it: after that nothing of it changes.</summary>
    /// <returns>Null when there is no such edition before the actor.</returns>
    public async Task<Outcome?> WriteForewordAsync(Guid id, WriteForeword input, bool publish, Actor actor, CancellationToken cancel)
    {
        if (await EditionAsync(id, actor, cancel) is not { } opened) return null;
        if (opened.Edition.PublishedAt is not null) return Outcome.Refused("", "This edition was published before, so its foreword stays as it is");
        const string WrittenMeanwhile = "Somebody else wrote at the foreword, or published it, while you did. What you typed is still here: copy what you need, then open the page again";
        if (input.Seen != (opened.Edition.ForewordAt?.Ticks ?? 0)) return Outcome.Refused("", WrittenMeanwhile);
        var text = string.IsNullOrWhiteSpace(input.Text) ? null : input.Text.Trim();
        var edition = opened.Edition;
        db.Attach(edition);
        if (text != opened.Foreword)
        {
            edition.Foreword = text is null ? null : Seal.Close(await keys.OpenOwnAsync(edition.AuthorityKeyId, edition.WrappedKey, edition.Id, cancel), Encoding.UTF8.GetBytes(text), edition.Id, SealPart.Foreword);
            (edition.ForewordById, edition.ForewordAt) = (actor.PersonId, Now);
            db.Add(AuditEntry.For(AuditActions.ForewordWritten, actor, null, id, clock, NeedView.Iso(edition.Month)));
        }

        if (publish)
        {
            (edition.PublishedById, edition.PublishedAt) = (actor.PersonId, Now);
            db.Add(AuditEntry.For(AuditActions.EditionPublished, actor, null, id, clock, NeedView.Iso(edition.Month)));
        }

        try
        {
            await db.SaveChangesAsync(cancel);
            return Outcome.Done;
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", WrittenMeanwhile);
        }
    }

    /// <summary>Figures of an earlier day are worked out again, so that an edition is of the day it says.</summary>
    private async Task WorkOutAsync(Actor actor, JobProgress? progress, CancellationToken cancel)
    {
        if (await figures.CalculatedAtAsync(cancel) is { } at ? ConsentRules.LocalDay(at) == ConsentRules.LocalDay(Now) : !await db.NeedEpisodes.AnyAsync(cancel)) return;
        await calculation.RunAsync(actor, progress, cancel);
    }
}
