using ChildrensInfo.Core.Access;

namespace ChildrensInfo.Web.Access;

/// <summary>Of whom the site asks a second factor, by a setting. Everybody may have one.</summary>
public sealed record SecondFactorRule(SecondFactorRule.Wanted Of)
{
    public const string Setting = "SecondFactor:RequiredOf";

    public enum Wanted
    {
        /// <summary>Development and tests only: the demonstration people sign in with their password alone.</summary>
        Nobody,

        /// <summary>Those who reach a whole council, or give out what it holds (<see cref="Roles.MustHaveSecondFactor"/>).</summary>
        Roles,

        Everybody,
    }

    public bool Requires(Role role) => Of == Wanted.Everybody || (Of == Wanted.Roles && Roles.MustHaveSecondFactor(role));

    public static SecondFactorRule From(IConfiguration configuration, bool isLocal) => new(configuration.GetValue(Setting, isLocal ? Wanted.Nobody : Wanted.Roles));

    /// <summary>What is wrong with the setting outside Development.</summary>
    public static IEnumerable<string> FaultsOf(IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } text) yield break;
        if (!Enum.TryParse<Wanted>(text, ignoreCase: true, out var wanted) || !Enum.IsDefined(wanted)) yield return "SecondFactor__RequiredOf is neither Roles nor Everybody.";
        else if (wanted == Wanted.Nobody) yield return "SecondFactor__RequiredOf is Nobody; data leads, researchers, information governance and administrators need a second factor. Take the setting away, or set Everybody.";
    }
}

/// <summary>
/// Whoever must have a second factor and has none is led to set one up, whatever they ask for. Whoever has one was asked for it at sign-in: without it there is no cookie, so that
/// no address leads past it.
/// </summary>
public sealed class SecondFactorGate(RequestDelegate next, SecondFactorRule rule)
{
    public const string Home = "/account/second-factor";

    private const string Folder = "/Account/SecondFactor/";

    public Task InvokeAsync(HttpContext context, ICurrentActor current)
    {
        if (current.Actor is not { } actor || !rule.Requires(actor.Role) || context.User.HasClaim(c => c.Type == PortalClaims.SecondFactor)
            || context.Items[typeof(SignIn)] is SignIn { SecondFactorThere: true }) return next(context);
        var endpoint = context.GetEndpoint();
        var page = endpoint?.Metadata.GetMetadata<Microsoft.AspNetCore.Mvc.RazorPages.PageActionDescriptor>()?.ViewEnginePath;
        // A page asks whether its sign-in goes on: being led away would tell it that it has ended.
        if (context.Request.Path == Portal.Alive || context.Request.Path.StartsWithSegments(SingleSignOn.Root) || page == "/Account/Shown" || page == "/Account/SignOut" || page?.StartsWith(Folder, StringComparison.Ordinal) == true
            || endpoint?.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null) return next(context);
        context.Response.Redirect(Home);
        return Task.CompletedTask;
    }
}
