using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Pages.Hear.Kept;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Records;

/// <summary>What a worker thinks a sealed record means: a row of its own, below the words and never among them.</summary>
public class InterpretationModel(AppDbContext db, KeyRing keys, VoiceService voice, DoNotTellService doNotTell, IValidator<InterpretVoice> validator, ICurrentActor current)
    : SayOfRecord<InterpretVoice>(db, doNotTell, validator, current)
{
    public string? Text { get; private set; }

    /// <summary>The version that the new one replaces.</summary>
    [FromQuery(Name = "supersedes")]
    public Guid? SupersedesId { get; set; }

    public string? Before { get; private set; }

    /// <summary>What else was said that it may rest on: by day and kind, and when it was sealed where that is alike; never the words themselves.</summary>
    public IReadOnlyList<SelectListItem> Others { get; private set; } = [];

    private List<Guid> restedOn = [];

    protected override string Done => "Kept, below the words and apart from them.";

    protected override InterpretVoice Begin() => new() { Id = Guid.CreateVersion7(), SupersedesId = SupersedesId, Further = restedOn };

    protected override void TakeAsTyped() =>
        (Input.Text, Input.BasedOn, Input.Alternative) = (FormText.AsTyped(Input.Text), FormText.AsTyped(Input.BasedOn), FormText.AsTyped(Input.Alternative));

    protected override Task<Outcome?> KeepAsync(CancellationToken cancel) => voice.InterpretAsync(ChildId, RecordId, Input, Actor, cancel);

    protected override async Task<bool> LoadMoreAsync(CancellationToken cancel)
    {
        Text = await keys.SaidInAsync(Record, cancel);
        if (SupersedesId is { } superseded)
        {
            var before = await DoNotTell.InterpretationsReadableBy(Actor).AsNoTracking().Include(i => i.Further).SingleOrDefaultAsync(i => i.Id == superseded && i.VoiceRecordId == RecordId && i.ChildId == ChildId, cancel);
            if (before is null) return false;
            Before = await keys.OpenAsync(ChildId, before.Sealed, before.Id, SealPart.Interpretation, cancel);
            restedOn = [.. before.Further.Select(v => v.VoiceRecordId)];
        }

        List<(Guid Id, string Label, DateTime SealedAt)> others = [.. (await DoNotTell.ReadableBy(Actor, Db.VoiceRecords.AsNoTracking()).Where(r => r.ChildId == ChildId && r.Id != RecordId && r.CorrectsId == null)
                .OrderByDescending(r => restedOn.Contains(r.Id)).ThenByDescending(r => r.HeardOn).ThenByDescending(r => r.SealedAt).Take(Interpretation.FurtherMost).ToListAsync(cancel))
            .Select(r => (r.Id, $"{Words.Of(r.Kind, r.Speaker)}{(r.Subjects.Count == 0 ? "" : $", {Words.Of(r.Subjects)}")}, {Words.Day(r.HeardOn)}", r.SealedAt))];
        // Where two read alike, when each was sealed; and where that is alike too, which of them it is.
        others = [.. others.Select(o => IsAlone(o) ? o : o with { Label = $"{o.Label} (sealed {Words.Time(o.SealedAt)})" })];
        Others = [.. others.Select(o => new SelectListItem(IsAlone(o) ? o.Label : $"{o.Label}, number {NumberOf(o)} of {others.Count(s => s.Label == o.Label)}", o.Id.ToString()))];
        return true;

        bool IsAlone((Guid, string Label, DateTime) other) => others.Count(o => o.Label == other.Label) == 1;
        int NumberOf((Guid Id, string Label, DateTime SealedAt) other) => others.Count(o => o.Label == other.Label && (o.SealedAt, o.Id).CompareTo((other.SealedAt, other.Id)) <= 0);
    }
}
