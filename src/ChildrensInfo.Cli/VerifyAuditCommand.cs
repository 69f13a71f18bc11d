using System.Globalization;
using ChildrensInfo.Core.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Cli;

/// <summary>Reads the whole audit log and says whether it still is what was written.</summary>
public static class VerifyAuditCommand
{
    public const string Usage = "  verify-audit [--expect NUMBER:HASH]\n      Checks every audit line and seal, and names the first that does not hold (then exit 3). --expect takes a seal noted elsewhere, as the site's log has it.";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--expect"]);
        (long, byte[])? expected = null;
        if (arguments.Optional("--expect") is { } noted)
        {
            if (noted.Split(':') is not [var number, { Length: 64 } hash] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || !hash.All(char.IsAsciiHexDigit))
            {
                throw arguments.Bad("--expect takes a seal's number and its hash of 64 digits, like 12:0a1b….");
            }

            expected = (n, Convert.FromHexString(hash));
        }

        await using var host = await PortalHost.StartAsync(terminal.Settings);
        await using var scope = host.Scope();
        var verdict = await scope.ServiceProvider.GetRequiredService<AuditChain>().VerifyAsync(expected, CancellationToken.None);
        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seals that hold: {verdict.Seals:N0}, over {verdict.Lines:N0} lines. Not sealed yet: {verdict.Unsealed:N0}."));
        if (verdict.Last is { } last) terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Last: {last.Number}:{Convert.ToHexStringLower(last.Hash)}, {last.SealedAt:yyyy-MM-dd HH:mm:ss} UTC."));
        if (verdict.OtherKeys > 0) terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Signed with a key that is not configured here: {verdict.OtherKeys:N0} seals. Their chain holds; run again with the earlier key to check who signed."));
        if (verdict.Break is not { } broken)
        {
            terminal.Out.WriteLine("The audit log holds.");
            return 0;
        }

        terminal.Error.WriteLine($"BROKEN{(broken.Seal is { } seal ? string.Create(CultureInfo.InvariantCulture, $" at seal {seal}") : " after the last seal")}{(broken.LineId is { } line ? $", line {line}" : "")}: {broken.What}");
        return 3;
    }
}
