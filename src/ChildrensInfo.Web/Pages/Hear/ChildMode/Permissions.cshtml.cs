using ChildrensInfo.Core.Consent;
using ChildrensInfo.Web.Shared;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>What the child was told and asked, and where each answer stands, in the child's own words for it.</summary>
public class PermissionsModel(ChildAsks asks) : ChildModePage
{
    public IReadOnlyList<ChildAsk> Asks { get; private set; } = [];

    public IReadOnlyList<ChildAsk> People { get; private set; } = [];

    /// <summary>What was answered just now.</summary>
    public ConsentEventType? Answered { get; private set; }

    public async Task OnGetAsync(ConsentEventType? answered, CancellationToken cancel)
    {
        Answered = answered is ConsentEventType.Given or ConsentEventType.Asked or ConsentEventType.Refused or ConsentEventType.Deferred or ConsentEventType.Withdrawn or ConsentEventType.Objected ? answered : null;
        Asks = await asks.OfAsync(ChildId, Mode.Language, Mode.Look, SessionId, cancel);
        People = await asks.PeopleAsync(ChildId, Words, Mode.Look, cancel);
    }
}
