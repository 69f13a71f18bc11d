using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace ChildrensInfo.Core.Voice;

/// <summary>A tool, or its next version, about to be made.</summary>
public class MakeTool
{
    public ToolKind? Kind { get; set; }

    public string? Language { get; set; }

    public string? Title { get; set; }

    public int? AgeFrom { get; set; }

    public int? AgeTo { get; set; }

    /// <summary>What the child is asked.</summary>
    public string? Ask { get; set; }

    public int? Min { get; set; }

    public int? Max { get; set; }

    /// <summary>The words at the low end.</summary>
    public string? MinLabel { get; set; }

    /// <summary>The words at the high end.</summary>
    public string? MaxLabel { get; set; }

    /// <summary>What stands at the low end of a scale besides its number.</summary>
    public MakePicture Low { get; set; } = new();

    public MakePicture High { get; set; } = new();

    /// <summary>Rows without a label are left out.</summary>
    public List<MakeItem> Items { get; set; } = [];

    public IEnumerable<(MakeItem Item, int Row)> Filled => Items.Select((item, row) => (item, row)).Where(i => !string.IsNullOrWhiteSpace(i.item.Label));

    /// <summary>Everything that may have a picture, under the name it has in the form.</summary>
    public IEnumerable<(string Field, MakePicture Picture)> Places =>
        Items.Select((item, row) => ($"{nameof(Items)}[{row}]", (MakePicture)item)).Append((nameof(Low), Low)).Append((nameof(High), High));
}

public class MakePicture
{
    /// <summary>As in a <see cref="ToolItem"/>.</summary>
    public string? Picture { get; set; }

    /// <summary>What is to be seen on one of the council's own.</summary>
    public string? Shows { get; set; }

    /// <summary>One that is chosen now, and takes its place.</summary>
    public byte[]? File { get; set; }

    public (string? Picture, string? Shows) Shown => string.IsNullOrEmpty(Picture) ? (null, null) : (Picture, ToolPicture.IdOf(Picture) is null ? null : Shows?.Trim());
}

public class MakeItem : MakePicture
{
    /// <summary>Kept from the version before, so that the same thing is the same thing; empty for a new one.</summary>
    public string? Key { get; set; }

    public string? Label { get; set; }
}

public sealed class MakeToolValidator : AbstractValidator<MakeTool>
{
    public MakeToolValidator()
    {
        RuleFor(t => t.Kind).NotNull().WithMessage("Choose what kind of tool it is").IsInEnum().WithMessage("Choose what kind of tool it is");
        RuleFor(t => t.Language).Must(l => l is not null && Languages.Names.ContainsKey(l) && l != "und").WithMessage("Choose the language");
        Words(RuleFor(t => t.Title), "the name of the tool", ToolVersion.TitleMaxLength);
        Words(RuleFor(t => t.Ask), "what the child is asked", ToolDefinition.AskMaxLength);
        RuleFor(t => t.AgeFrom).NotNull().WithMessage("Enter the youngest age it is for").InclusiveBetween(0, 25).WithMessage("The youngest age must be from 0 to 25");
        RuleFor(t => t.AgeTo).NotNull().WithMessage("Enter the oldest age it is for").InclusiveBetween(0, 25).WithMessage("The oldest age must be from 0 to 25")
            .Must((t, to) => to >= t.AgeFrom).When(t => t.AgeFrom is not null && t.AgeTo is not null, ApplyConditionTo.CurrentValidator).WithMessage("The oldest age must not be below the youngest");
        When(t => t.Kind == ToolKind.Scale, () =>
        {
            RuleFor(t => t.Min).NotNull().WithMessage("Enter the lowest number").InclusiveBetween(-ToolDefinition.WidestScale, ToolDefinition.WidestScale).WithMessage($"The lowest number must be from -{ToolDefinition.WidestScale} to {ToolDefinition.WidestScale}");
            RuleFor(t => t.Max).NotNull().WithMessage("Enter the highest number")
                .Must((t, max) => max > t.Min && max - t.Min <= ToolDefinition.WidestScale).When(t => t.Min is not null && t.Max is not null, ApplyConditionTo.CurrentValidator)
                .WithMessage($"The highest number must be above the lowest, and at most {ToolDefinition.WidestScale} above it");
            // A number is only an answer when both ends have words.
            Words(RuleFor(t => t.MinLabel), "the words at the low end", ToolDefinition.LabelMaxLength);
            Words(RuleFor(t => t.MaxLabel), "the words at the high end", ToolDefinition.LabelMaxLength);
            RuleFor(t => t.Low).Custom((low, context) => IsFit(low, nameof(MakeTool.Low), context));
            RuleFor(t => t.High).Custom((high, context) => IsFit(high, nameof(MakeTool.High), context));
        });
        RuleFor(t => t.Items).Custom((items, context) =>
        {
            var tool = context.InstanceToValidate;
            var filled = tool.Filled.ToList();
            var (least, most) = tool.Kind switch
            {
                ToolKind.Scale => (1, 10),
                ToolKind.Houses => (2, ToolDefinition.MostHouses),
                _ => (2, ToolDefinition.MostItems),
            };
            if (filled.Count < least) context.AddFailure("Items[0].Label", least == 1 ? "Enter at least one question" : "Enter at least two");
            if (filled.Count > most) context.AddFailure($"Items[{filled[most].Row}].Label", $"There can be at most {most}");
            foreach (var (item, row) in filled)
            {
                if (!WrittenText.CanBeKept(item.Label)) context.AddFailure($"Items[{row}].Label", WrittenText.CannotBeKept);
                else if (WrittenText.Length(item.Label) > ToolDefinition.LabelMaxLength) context.AddFailure($"Items[{row}].Label", $"This must be {ToolDefinition.LabelMaxLength} characters or fewer");
                // Of one that was chosen and refused that is said already.
                if (string.IsNullOrEmpty(item.Picture) && item.File is null && tool.Kind is ToolKind.Faces or ToolKind.Symbols) context.AddFailure($"Items[{row}].Picture", "Choose a picture");
                IsFit(item, $"Items[{row}]", context);
            }

            foreach (var again in filled.GroupBy(i => i.Item.Label!.Trim(), StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            {
                context.AddFailure($"Items[{again.Last().Row}].Label", "This is here already");
            }
        });
    }

    private static void IsFit(MakePicture picture, string field, ValidationContext<MakeTool> context)
    {
        if (string.IsNullOrEmpty(picture.Picture)) return;
        if (ToolPicture.IdOf(picture.Picture) is null)
        {
            if (Pictures.Find(picture.Picture) is null) context.AddFailure($"{field}.Picture", "Choose a picture from the list");
        }
        else if (string.IsNullOrWhiteSpace(picture.Shows)) context.AddFailure($"{field}.Shows", "Say what the picture shows, for a child who does not see it");
        else if (!WrittenText.CanBeKept(picture.Shows)) context.AddFailure($"{field}.Shows", WrittenText.CannotBeKept);
        else if (WrittenText.Length(picture.Shows) > ToolDefinition.LabelMaxLength) context.AddFailure($"{field}.Shows", $"This must be {ToolDefinition.LabelMaxLength} characters or fewer");
    }

    private static void Words(IRuleBuilderInitial<MakeTool, string?> rule, string what, int most) => rule.Cascade(CascadeMode.Stop)
        .Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage($"Enter {what}")
        .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
        .Must(t => WrittenText.Length(t) <= most).WithMessage($"Keep {what} to {most} characters or fewer");
}

/// <summary>A tool in the newest wording of one language.</summary>
public sealed record OfferedTool(Tool Tool, ToolVersion Version);

/// <summary>Which tools there are to answer with, and how an authority makes its own.</summary>
public sealed class ToolService(AppDbContext db, TimeProvider clock)
{
    /// <summary>How many unused pictures go at once; the others an hour later.</summary>
    private const int AtOnce = 50;

    /// <summary>The tools as they are offered now: an authority's own in the place of a shipped one, the newest version, in the language asked for or in English.</summary>
    public async Task<IReadOnlyList<OfferedTool>> OfferedAsync(string language, CancellationToken cancel)
    {
        var tools = await db.Tools.AsNoTracking().Include(t => t.Versions).ToListAsync(cancel);
        return [.. tools.GroupBy(t => t.Key).Select(g => g.OrderBy(t => t.AuthorityId is null).First()).Where(t => t.RetiredAt is null && t.Versions.Count > 0)
            .Select(t => new OfferedTool(t, t.Versions
                .OrderByDescending(v => v.Language == language).ThenByDescending(v => v.Language == "en").ThenBy(v => v.Language, StringComparer.Ordinal).ThenByDescending(v => v.Number).First()))
            .OrderBy(t => t.Tool.Kind).ThenBy(t => t.Version.AgeFrom).ThenBy(t => t.Version.Title, StringComparer.CurrentCulture)];
    }

    /// <summary>Adds a tool of the authority's own.</summary>
    public async Task<(Outcome Outcome, Guid ToolId)> AddAsync(MakeTool input, Actor actor, CancellationToken cancel)
    {
        await using var saving = await HoldPicturesAsync(actor, alone: false, cancel);
        if (await NotOwnAsync(input, cancel) is { } refused) return (refused, Guid.Empty);
        var taken = await db.Tools.Select(t => t.Key).ToListAsync(cancel);
        var key = KeyOf(input.Title!, taken, Tool.KeyMaxLength);
        var tool = new Tool { AuthorityId = actor.AuthorityId, Key = key, Kind = input.Kind!.Value, CreatedAt = clock.GetUtcNow().UtcDateTime };
        db.Add(tool);
        return (await SaveVersionAsync(tool, null, 1, input, AuditActions.ToolAdded, actor, saving, cancel), tool.Id);
    }

    /// <summary>
    /// Adds the next version of a tool in one language. A shipped tool gets a copy of the authority's own, which from then on stands in its place. What was
    /// answered before keeps the version it was answered with.
    /// </summary>
    /// <returns>Null when there is no such tool.</returns>
    public async Task<(Outcome Outcome, Guid ToolId)?> ChangeAsync(Guid toolId, MakeTool input, Actor actor, CancellationToken cancel)
    {
        var tool = await db.Tools.Include(t => t.Versions).SingleOrDefaultAsync(t => t.Id == toolId, cancel);
        if (tool is null) return null;
        await using var saving = await HoldPicturesAsync(actor, alone: false, cancel);
        if (await NotOwnAsync(input, cancel) is { } refused) return (refused, toolId);
        if (input.Kind != tool.Kind) return (Outcome.Refused(nameof(input.Kind), "A tool stays of its kind. Add a new tool instead"), toolId);
        var before = tool.Versions.Where(v => v.Language == input.Language).OrderByDescending(v => v.Number).FirstOrDefault();
        var number = tool.Versions.Max(v => v.Number) + 1;
        if (tool.AuthorityId is null)
        {
            if (await db.Tools.AnyAsync(t => t.Key == tool.Key && t.AuthorityId == actor.AuthorityId, cancel))
            {
                return (Outcome.Refused("", "Your council has its own version of this tool already. Change that one"), toolId);
            }

            var own = new Tool { AuthorityId = actor.AuthorityId, Key = tool.Key, Kind = tool.Kind, CreatedAt = clock.GetUtcNow().UtcDateTime };
            db.Add(own);
            // The other languages come along as they are: a new English wording must not take the Welsh away.
            foreach (var other in tool.Versions.Where(v => v.Language != input.Language).GroupBy(v => v.Language).Select(g => g.OrderByDescending(v => v.Number).First()))
            {
                db.Add(new ToolVersion
                {
                    ToolId = own.Id,
                    AuthorityId = own.AuthorityId,
                    Number = other.Number,
                    Language = other.Language,
                    Title = other.Title,
                    AgeFrom = other.AgeFrom,
                    AgeTo = other.AgeTo,
                    DefinitionJson = other.DefinitionJson,
                    CreatedAt = own.CreatedAt,
                    CreatedById = actor.PersonId,
                });
            }

            tool = own;
        }

        return (await SaveVersionAsync(tool, before, number, input, AuditActions.ToolChanged, actor, saving, cancel), tool.Id);
    }

    /// <summary>
    /// Keeps the pictures that are chosen now, each once, and puts them in their places. The page does so before it looks at anything else: a field that is wrong must not cost them.
    /// </summary>
    /// <returns>What is refused, each naming a field of the form.</returns>
    public async Task<IReadOnlyList<Refusal>> KeepPicturesAsync(MakeTool input, Actor actor, CancellationToken cancel)
    {
        var refused = new List<Refusal>();
        foreach (var (field, place) in input.Places)
        {
            if (place.File is not { } file) continue;
            if (place is MakeItem { Label: var label } && string.IsNullOrWhiteSpace(label)) refused.Add(new($"{field}.Label", "Enter the words that go with this picture"));
            if (file.Length > ToolPicture.MaxBytes)
            {
                refused.Add(new($"{field}.File", $"This picture has {(file.Length + 999) / 1000:N0} kB. It can have up to {ToolPicture.MaxBytes / 1000}: save a smaller copy and choose that"));
                continue;
            }

            var cleaned = PictureFile.Clean(file);
            if (cleaned.Bytes is not { } picture) refused.Add(new($"{field}.File", cleaned.Refusal!));
            else if ((long)cleaned.Width * cleaned.Height > ToolPicture.MaxPixels) refused.Add(new($"{field}.File", $"This picture is {cleaned.Width:N0} dots wide and {cleaned.Height:N0} high, more than a tablet shows. Save a smaller copy and choose that"));
            else place.Picture = (await KeepPictureAsync(picture, cleaned, actor, cancel)).ToString();
        }

        return refused;
    }

    private async Task<Guid> KeepPictureAsync(byte[] bytes, CleanedPicture cleaned, Actor actor, CancellationToken cancel)
    {
        var hash = SHA256.HashData(bytes);
        var same = db.ToolPictures.Where(p => p.Sha256 == hash).Select(p => p.Id);
        if (await same.SingleOrDefaultAsync(cancel) is var known && known != Guid.Empty) return known;
        var picture = new ToolPicture { AuthorityId = actor.AuthorityId, Sha256 = hash, ContentType = cleaned.ContentType, Bytes = bytes, CreatedAt = clock.GetUtcNow().UtcDateTime, CreatedById = actor.PersonId };
        db.Add(picture);
        db.Add(AuditEntry.For(AuditActions.ToolPictureKept, actor, null, picture.Id, clock, cleaned.HadMetadata ? $"{cleaned.ContentType}, details taken out" : cleaned.ContentType));
        try
        {
            await db.SaveChangesAsync(cancel);
            return picture.Id;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Somebody else kept the same one just now.
            db.ChangeTracker.Clear();
            return await same.SingleAsync(cancel);
        }
    }

    /// <summary>Takes away, in one council, the pictures that were chosen more than a day ago and that no version of a tool names: by mistake, or for a tool that was not kept after all.</summary>
    /// <returns>How many went.</returns>
    public async Task<int> ForgetPicturesAsync(Actor service, CancellationToken cancel)
    {
        using var acting = db.ActingAs(service);
        await using var alone = await HoldPicturesAsync(service, alone: true, cancel);
        var before = clock.GetUtcNow().UtcDateTime - ToolPicture.UnusedFor;
        var unused = await db.ToolPictures.FromSql($"select p.* from tool_pictures p where not exists (select from tool_versions v where v.authority_id = p.authority_id and position(p.id::text in v.definition_json::text) > 0)")
            .Where(p => p.CreatedAt < before).OrderBy(p => p.CreatedAt).Take(AtOnce).ToListAsync(cancel);
        foreach (var picture in unused)
        {
            db.Remove(picture);
            db.Add(AuditEntry.For(AuditActions.ToolPictureForgotten, service, null, picture.Id, clock, picture.ContentType));
        }

        await db.SaveChangesAsync(cancel);
        await alone.CommitAsync(cancel);
        return unused.Count;
    }

    /// <summary>Until the transaction ends nobody takes pictures away while a version that names them is being saved, nor the other way round.</summary>
    private async Task<IDbContextTransaction> HoldPicturesAsync(Actor actor, bool alone, CancellationToken cancel)
    {
        var transaction = await db.Database.BeginTransactionAsync(cancel);
        var key = $"tool pictures {actor.AuthorityId}";
        if (alone) await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({key}, 0))", cancel);
        else await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock_shared(hashtextextended({key}, 0))", cancel);
        return transaction;
    }

    /// <summary>The form offers the council's pictures that it knows; any other id did not come from it.</summary>
    private async Task<Outcome?> NotOwnAsync(MakeTool input, CancellationToken cancel)
    {
        var named = input.Places.Select(p => (p.Field, Id: ToolPicture.IdOf(p.Picture.Picture))).Where(p => p.Id is not null).ToList();
        var ids = named.Select(p => p.Id!.Value).ToList();
        var own = ids.Count == 0 ? [] : await db.ToolPictures.Where(p => ids.Contains(p.Id)).Select(p => p.Id).ToListAsync(cancel);
        return named.Find(p => !own.Contains(p.Id!.Value)) is { Field: { } field } ? Outcome.Refused($"{field}.Picture", "Choose a picture from the list") : null;
    }

    /// <summary>Offers a tool of the authority's own no longer, or again.</summary>
    /// <returns>False when it is not there or not the authority's.</returns>
    public async Task<bool> RetireAsync(Guid toolId, bool retire, Actor actor, CancellationToken cancel)
    {
        var tool = await db.Tools.SingleOrDefaultAsync(t => t.Id == toolId && t.AuthorityId == actor.AuthorityId, cancel);
        if (tool is null) return false;
        if (retire == tool.RetiredAt is not null) return true;
        tool.RetiredAt = retire ? clock.GetUtcNow().UtcDateTime : null;
        db.Add(AuditEntry.For(retire ? AuditActions.ToolRetired : AuditActions.ToolReturned, actor, null, tool.Id, clock));
        await db.SaveChangesAsync(cancel);
        return true;
    }

    /// <summary>What the form describes, for the page that shows it before it is kept.</summary>
    public static ToolDefinition DefinitionOf(MakeTool input, ToolDefinition? before = null)
    {
        var taken = input.Filled.Select(i => i.Item.Key).OfType<string>().Where(k => before?.Items.Any(b => b.Key == k) == true).ToList();
        var items = new List<ToolItem>();
        foreach (var (item, _) in input.Filled)
        {
            var key = item.Key is { Length: > 0 } known && before?.Items.Any(b => b.Key == known) == true && items.All(i => i.Key != known) ? known : KeyOf(item.Label!, taken, Tool.KeyMaxLength);
            taken.Add(key);
            items.Add(new(key, item.Label!.Trim(), item.Shown.Picture, item.Shown.Shows));
        }

        var scale = input.Kind != ToolKind.Scale ? null
            : new ScaleShown(input.Min!.Value, input.Max!.Value, input.MinLabel!.Trim(), input.MaxLabel!.Trim(), PointsOf(input, before?.Scale));
        return new(input.Ask!.Trim(), scale, items);
    }

    /// <summary>Pictures and words of single points stay while the numbers do; what stands at the ends is in the form.</summary>
    private static List<ScalePoint> PointsOf(MakeTool input, ScaleShown? before)
    {
        IReadOnlyList<ScalePoint> were = before is not null && before.Min == input.Min && before.Max == input.Max ? before.Points : [];
        // The words of an end stand above the numbers. Where they stood at the number too, they go on doing so.
        ScalePoint End(int value, string words, MakePicture picture) =>
            new(value, were.Any(p => p.Value == value && p.Label is not null) ? words.Trim() : null, picture.Shown.Picture, picture.Shown.Shows);
        return [.. were.Where(p => p.Value != input.Min && p.Value != input.Max)
            .Prepend(End(input.Min!.Value, input.MinLabel!, input.Low)).Append(End(input.Max!.Value, input.MaxLabel!, input.High))
            .Where(p => p.Label is not null || p.Picture is not null)];
    }

    private async Task<Outcome> SaveVersionAsync(Tool tool, ToolVersion? before, int number, MakeTool input, string action, Actor actor, IDbContextTransaction saving, CancellationToken cancel)
    {
        db.Add(new ToolVersion
        {
            ToolId = tool.Id,
            AuthorityId = tool.AuthorityId,
            Number = number,
            Language = input.Language!,
            Title = input.Title!.Trim(),
            AgeFrom = input.AgeFrom!.Value,
            AgeTo = input.AgeTo!.Value,
            DefinitionJson = DefinitionOf(input, before?.Definition).Write(),
            CreatedAt = clock.GetUtcNow().UtcDateTime,
            CreatedById = actor.PersonId,
        });
        db.Add(AuditEntry.For(action, actor, null, tool.Id, clock, $"version {number} {input.Language}"));
        try
        {
            await db.SaveChangesAsync(cancel);
            await saving.CommitAsync(cancel);
            return Outcome.Done;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", "Somebody else changed this tool just now. Open the page again");
        }
    }

    /// <summary>A key made of the words: "How things are" → "how-things-are", and with a number when that is taken.</summary>
    private static string KeyOf(string words, IReadOnlyCollection<string> taken, int most)
    {
        var plain = new StringBuilder();
        foreach (var c in WrittenText.InForm(words, NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) continue;
            if (char.IsAsciiLetterOrDigit(c)) plain.Append(char.ToLowerInvariant(c));
            else if (plain.Length > 0 && plain[^1] != '-') plain.Append('-');
        }

        var stem = plain.ToString().Trim('-');
        if (stem.Length == 0) stem = "item";
        if (stem.Length > most - 4) stem = stem[..(most - 4)].Trim('-');
        var key = stem;
        for (var n = 2; taken.Contains(key); n++) key = $"{stem}-{n}";
        return key;
    }
}
