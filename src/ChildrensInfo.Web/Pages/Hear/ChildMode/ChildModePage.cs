using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>A page of the child's own screen. Whose it is comes from the sign-in cookie and the database, never from the address.</summary>
public abstract class ChildModePage : PageModel
{
    public Core.Voice.ChildMode Mode => (Core.Voice.ChildMode)HttpContext.Items[typeof(Core.Voice.ChildMode)]!;

    /// <summary>Whose visit it is. Pages that a device lent for an activity shows do not ask.</summary>
    public Guid ChildId => Mode.ChildId!.Value;

    public Guid SessionId => Mode.SessionId!.Value;

    /// <summary>Of a child whose age nobody knows, one that the chosen look suits.</summary>
    protected int Age => Mode.Child!.AgeOn(Mode.Session!.OccurredOn) ?? Mode.Look switch { ChildModeLook.From4To7 => 6, ChildModeLook.From8To11 => 9, _ => 14 };

    public ChildWords Words => new(Mode.Language, Mode.Look);

    /// <summary>Back to the child's first page: this is not offered here any more. What they had typed stays in the tab.</summary>
    protected IActionResult NotKept()
    {
        Access.KeptReceipt.Withhold(HttpContext);
        return Redirect(Access.ChildModeGate.Home);
    }

    /// <summary>What was sealed since the device was handed over: all of the past that the child's own screen ever speaks of.</summary>
    protected IQueryable<VoiceRecord> MadeNow(AppDbContext db)
    {
        var (childId, sessionId, startedAt) = (ChildId, SessionId, Mode.StartedAt);
        return db.VoiceRecords.Where(r => r.ChildId == childId && r.SessionId == sessionId && r.SealedAt >= startedAt);
    }
}

/// <summary>What the child does by themselves. Whose it is, whose hand and whose child is never asked of the form.</summary>
public abstract class MyOwn
{
    public Guid Id { get; set; }

    public List<SubjectMatter> About { get; set; } = [];

    /// <summary>Whether it was changed after it was read back.</summary>
    public bool Changed { get; set; }

    public ReadBack? Meant { get; set; }

    /// <summary>
    /// What stands in the way when it was not kept. A child who went back and gave another answer gets a record of its own for it, at the next press.
    /// </summary>
    /// <returns>A key of the child's words.</returns>
    public string AfterRefusal(Outcome outcome)
    {
        if (outcome.Refusal!.Message != VoiceService.SealedBefore) return "trouble";
        Id = Guid.CreateVersion7();
        return "again";
    }

    public RecordVoice AsRecord(Core.Voice.ChildMode mode, VoiceKind kind)
    {
        var child = mode.Child!;
        // A child who chose nothing, or was too young to be asked, speaks of their life.
        List<SubjectMatter> about = [.. About.Where(Enum.IsDefined)];
        if (about.Count == 0) about.Add(SubjectMatter.MyLife);
        return new()
        {
            Id = Id,
            Kind = kind,
            Speaker = VoiceService.SpeakerOf(child, mode.Session!.OccurredOn),
            Subjects = about,
            Layer = about.Contains(SubjectMatter.MyInformation) ? Layer.Information : Layer.Data,
            Language = child.PreferredLanguage,
            Before = new()
            {
                Changed = Changed,
                // It stands on their own screen; of a recording nobody knows whether they listened.
                ReadBackHow = kind == VoiceKind.Audio ? null : ReadBackHow.ReadThemselves,
                ReadBack = Meant switch
                {
                    ReadBack.Yes => ReadBackAnswer.Yes,
                    ReadBack.NotSure => ReadBackAnswer.NotSure,
                    ReadBack.DidNotWant => ReadBackAnswer.DidNotWant,
                    _ => ReadBackAnswer.NotOffered,
                },
            },
        };
    }
}
