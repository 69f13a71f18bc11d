using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>Says of a photo that is sealed whether a person can be recognised on it: of one from before that was asked, or where “no” was wrong.</summary>
public class PersonModel(AppDbContext db, KeptTrueService kept, DoNotTellService doNotTell, IValidator<AnswerPhoto> validator, ICurrentActor current) : SayOfRecord<AnswerPhoto>(db, doNotTell, validator, current)
{
    protected override string Done => "Kept. Whether the photo is shown, or deleted, goes by that.";

    protected override AnswerPhoto Begin() => new() { Id = Guid.CreateVersion7() };

    protected override IQueryable<VoiceRecord> Those(IQueryable<VoiceRecord> records) => records.Where(r => r.Kind == VoiceKind.Photo);

    protected override Task<Outcome?> KeepAsync(CancellationToken cancel) => kept.AnswerPhotoAsync(ChildId, RecordId, Input, Actor, cancel);
}
