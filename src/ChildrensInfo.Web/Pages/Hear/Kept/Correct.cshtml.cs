using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>Words that put a sealed record right, beside it and never in its place.</summary>
public class CorrectModel(AppDbContext db, KeyRing keys, KeptTrueService kept, DoNotTellService doNotTell, IValidator<CorrectVoice> validator, ICurrentActor current)
    : SayOfRecord<CorrectVoice>(db, doNotTell, validator, current)
{
    private const int VisitsOffered = 20;

    public string? Text { get; private set; }

    public static IReadOnlyList<SelectListItem> LanguageItems { get; } = [.. Languages.Names.Where(l => l.Key != "und").Select(l => new SelectListItem(l.Value, l.Key))];

    public IReadOnlyList<SelectListItem> Visits { get; private set; } = [];

    /// <summary>Who said it, and is asked whether this is what they meant.</summary>
    public string Said => Record.Speaker is Speaker.Child or Speaker.YoungPerson ? Child.CalledName : "them";

    protected override string Done => "Sealed beside it. What was recorded first stays.";

    protected override CorrectVoice Begin() => new() { Id = Guid.CreateVersion7(), SessionId = Record.SessionId };

    protected override IQueryable<VoiceRecord> Those(IQueryable<VoiceRecord> records) => base.Those(records).Where(r => r.Kind != VoiceKind.Declined);

    protected override void TakeAsTyped() => Input.Text = FormText.AsTyped(Input.Text);

    protected override void GoBack() => Input.Before.GoBack(ModelState);

    protected override Task<Outcome?> KeepAsync(CancellationToken cancel) => kept.CorrectAsync(ChildId, RecordId, Input, Actor, cancel);

    protected override async Task<bool> LoadMoreAsync(CancellationToken cancel)
    {
        Text = AnswerSheet.TextOf(Record, await keys.SaidInAsync(Record, cancel));
        Visits = [.. (await Db.VoiceSessions.AsNoTracking().Where(s => s.ChildId == ChildId && s.OccurredOn >= Record.HeardOn).OrderBy(s => s.OccurredOn).ThenBy(s => s.RecordedAt)
                .Take(VisitsOffered).Select(s => new { s.Id, s.OccurredOn, s.Place }).ToListAsync(cancel))
            .Select(s => new SelectListItem($"{Words.Day(s.OccurredOn)}, {Words.Of(s.Place)}{(s.Id == Record.SessionId ? ": the visit it was recorded in" : "")}", s.Id.ToString()))];
        return true;
    }
}
