using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>What the child can do here, and who will read it.</summary>
public class IndexModel(AppDbContext db, ConsentService consent) : ChildModePage
{
    public bool MayRecord { get; private set; }

    /// <summary>What was kept just now.</summary>
    public Guid? Kept { get; private set; }

    public bool Told { get; private set; }

    public async Task OnGetAsync(Guid? kept, bool told, CancellationToken cancel)
    {
        MayRecord = (await consent.DecideNowAsync(Mode.ChildId, Purpose.Audio, null, cancel)).Allowed;
        Kept = kept is { } id && await db.VoiceRecords.AnyAsync(r => r.Id == id && r.ChildId == Mode.ChildId && r.SessionId == Mode.SessionId && r.SealedAt >= Mode.StartedAt, cancel) ? id : null;
        Told = told;
    }
}
