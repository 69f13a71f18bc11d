using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>Marks what is sealed as sensitive, or as saying that somebody may not be safe. What a child sealed alone was marked by nobody.</summary>
public class MarkModel(AppDbContext db, KeptTrueService kept, DoNotTellService doNotTell, IValidator<MarkVoice> validator, ICurrentActor current) : SayOfRecord<MarkVoice>(db, doNotTell, validator, current)
{
    protected override string Done => "Marked. It is handled so from now on.";

    protected override MarkVoice Begin() => new() { Id = Guid.CreateVersion7() };

    protected override Task<Outcome?> KeepAsync(CancellationToken cancel) => kept.MarkAsync(ChildId, RecordId, Input, Actor, cancel);
}
