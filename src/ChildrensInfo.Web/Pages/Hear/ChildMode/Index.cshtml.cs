using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>What the child can do here, and who will read it.</summary>
public class IndexModel(AppDbContext db, ConsentService consent, ToolService tools, ParticipationService participation, GroupAnswerService answers) : ChildModePage
{
    public bool MayRecord { get; private set; }

    /// <summary>What suits a child of this age to answer with.</summary>
    public IReadOnlyList<OfferedTool> Tools { get; private set; } = [];

    /// <summary>What was kept just now.</summary>
    public Guid? Kept { get; private set; }

    /// <summary>It is a drawing, which the child may say something about.</summary>
    public bool KeptDrawing { get; private set; }

    public bool Told { get; private set; }

    /// <summary>Whether there is anybody who could be shown something.</summary>
    public bool HasPeople { get; private set; }

    /// <summary>What the child is asked to take part in, as long as there is something to see or to say of it.</summary>
    public IReadOnlyList<ParticipationOpened> Parts { get; private set; } = [];

    /// <summary>Whether there is anything to read that groups of children were answered.</summary>
    public bool HasAnswers { get; private set; }

    public async Task OnGetAsync(Guid? kept, bool told, CancellationToken cancel)
    {
        MayRecord = (await consent.DecideNowAsync(ChildId, Purpose.Audio, SessionId, cancel)).Allowed;
        if (kept is { } id && await MadeNow(db).Where(r => r.Id == id).Select(r => new { r.Id, r.Kind }).SingleOrDefaultAsync(cancel) is { } record)
        {
            (Kept, KeptDrawing) = (record.Id, record.Kind == VoiceKind.Drawing);
        }

        Told = told;
        HasPeople = await db.Relationships.AnyAsync(r => r.ChildId == ChildId && r.NoContactSince == null, cancel);
        Parts = [.. (await participation.OpenAsync(ChildId, cancel)).Where(p => p.Next.Contains(ParticipationStepKind.Shown) || p.Next.Contains(ParticipationStepKind.Felt))];
        HasAnswers = await answers.Published().AnyAsync(cancel);
        Tools = [.. (await tools.OfferedAsync(Mode.Language, cancel)).Where(t => t.Version.IsFor(Age))];
    }
}
