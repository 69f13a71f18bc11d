using ChildrensInfo.Core.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace ChildrensInfo.Web.Access;

/// <summary>Which capability each folder of pages asks for. A folder that is not here answers nobody.</summary>
public static class FolderAccess
{
    public static readonly IReadOnlyDictionary<string, Capability> Map = new Dictionary<string, Capability>
    {
        ["/Hear"] = Capability.HearChildren,
        ["/Devices"] = Capability.SeeDevices,
        ["/Understand"] = Capability.UnderstandNeed,
        ["/Understand/Tools"] = Capability.KeepTools,
        ["/Use/Projects"] = Capability.UseExtracts,
        ["/Use/Decisions"] = Capability.ReviewProjects,
        ["/Act"] = Capability.ActAndLearn,
        ["/Act/Answers"] = Capability.AnswerGroups,
        ["/Act/TakingPart"] = Capability.InvolveChildren,
        ["/Govern"] = Capability.GovernInformation,
        ["/Govern/Requests"] = Capability.AnswerRights,
        ["/Govern/Reading"] = Capability.ReviewWords,
        ["/Govern/Breaches"] = Capability.KeepDuties,
        ["/Govern/Duties"] = Capability.KeepDuties,
        ["/Govern/Retention"] = Capability.KeepDuties,
        ["/Admin/People"] = Capability.LookAfterPeople,
        ["/Admin/Allocations"] = Capability.LookAfterPeople,
        ["/Admin/Audit"] = Capability.ReadAudit,
    };

    /// <summary>Pages that ask for something else than their folder: those of /Hear that a team manager may read, or whoever is assigned to a child, and what only those who release files decide.</summary>
    public static readonly IReadOnlyDictionary<string, Capability> Pages = new Dictionary<string, Capability>
    {
        ["/Hear/Index"] = Capability.ReadVoice,
        ["/Hear/Child"] = Capability.ReadVoice,
        ["/Hear/Asks/Index"] = Capability.FollowVoice,
        ["/Hear/Asks/Detail"] = Capability.ReadVoice,
        ["/Hear/Asks/Agree"] = Capability.AgreeForTeam,
        ["/Hear/Permissions/Index"] = Capability.ReadVoice,
        ["/Hear/Permissions/Stop"] = Capability.TakeStops,
        ["/Hear/Assigned"] = Capability.FollowVoice,
        ["/Hear/Disclosures"] = Capability.FollowVoice,
        ["/Hear/Search"] = Capability.FollowVoice,
        ["/Hear/Timeline"] = Capability.ReadVoice,
        ["/Hear/Looked"] = Capability.FollowVoice,
        // A device is lent to groups too, by whoever asks them to take part.
        ["/Hear/ChildMode/Part"] = Capability.InvolveChildren,
        ["/Hear/ChildMode/Felt"] = Capability.InvolveChildren,
        ["/Hear/ChildMode/GiveBack"] = Capability.InvolveChildren,
        ["/Hear/ChildMode/Picture"] = Capability.InvolveChildren,
        ["/Admin/Allocations/Assigned"] = Capability.AssignPeople,
        ["/Hear/Team"] = Capability.SeeTeamCoverage,
        ["/Devices/Rescue"] = Capability.LookAfterPeople,
        ["/Devices/Prove"] = Capability.LookAfterPeople,
        ["/Use/Decisions/Extract"] = Capability.ApproveExtracts,
        ["/Use/Decisions/Extracts"] = Capability.ApproveExtracts,
    };

    /// <summary>Pages for anybody who is signed in.</summary>
    public static readonly IReadOnlySet<string> SignedIn = new HashSet<string> { "/Index", "/Account/SignOut", "/Account/SignIns", "/Account/Shown", "/Account/SecondFactor/Index", "/Account/SecondFactor/App", "/Account/SecondFactor/Passkey", "/Account/SecondFactor/Password" };

    /// <summary>Pages for everybody.</summary>
    public static readonly IReadOnlySet<string> Open = new HashSet<string> { "/Account/SignIn", "/Account/Code", "/Account/Welcome", "/Account/NotOpened", "/Problem", "/Accessibility", "/Privacy", "/Offline/Index", "/Research/Index", "/Research/Council" };

    public static void Apply(PageConventionCollection conventions)
    {
        foreach (var (folder, capability) in Map)
        {
            conventions.AddFolderApplicationModelConvention(folder, page =>
                page.EndpointMetadata.Add(new AuthorizeAttribute(Pages.GetValueOrDefault(page.ViewEnginePath, capability).ToString())));
        }

        foreach (var page in Open) conventions.AllowAnonymousToPage(page);
    }

    public static void AddPolicies(AuthorizationOptions options)
    {
        foreach (var capability in Enum.GetValues<Capability>())
        {
            options.AddPolicy(capability.ToString(), policy => policy.RequireAuthenticatedUser()
                .RequireAssertion(context => PortalClaims.ToActor(context.User)?.Can(capability) == true && (capability != Capability.ReadVoice || MayAsk(context))));
        }

        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
    }

    /// <summary>Whoever reads what was said and nothing else sends nothing: whatever form such a page has is not theirs.</summary>
    private static bool MayAsk(AuthorizationHandlerContext context) =>
        PortalClaims.ToActor(context.User)!.Can(Capability.FollowVoice) || (context.Resource is HttpContext { Request.Method: var method } && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)));
}
