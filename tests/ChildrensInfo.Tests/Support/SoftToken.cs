using System.Diagnostics;
using System.Runtime.InteropServices;
using ChildrensInfo.Core.Keys;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Xunit;

namespace ChildrensInfo.Tests.Support;

/// <summary>A token of SoftHSM in a folder of the test's own. It is PKCS#11 like any other, but for RSA-OAEP with SHA-256, which it does not know (version 2.6).</summary>
public sealed class SoftToken
{
    public const string Pin = "4071";

    private static readonly string[] Libraries =
    [
        "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    ];

    private static readonly Pkcs11InteropFactories Factories = new();

    private readonly string library;
    private readonly string configuration;

    private SoftToken(string library, string configuration) => (this.library, this.configuration) = (library, configuration);

    public static async Task<SoftToken> MakeAsync(CommandLine folder, CancellationToken cancel)
    {
        var library = Array.Find(Libraries, File.Exists);
        Assert.SkipWhen(library is null, "SoftHSM is not installed; ./test installs it where it may.");
        var tokens = Directory.CreateDirectory(folder.PathOf("tokens")).FullName;
        var token = new SoftToken(library, folder.Write("softhsm2.conf", $"directories.tokendir = {tokens}\nlog.level = ERROR\n"));
        var start = new ProcessStartInfo("softhsm2-util", ["--init-token", "--free", "--label", "portal", "--pin", Pin, "--so-pin", "8102"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SOFTHSM2_CONF"] = token.configuration;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancel);
        Assert.True(process.ExitCode == 0, await process.StandardError.ReadToEndAsync(cancel));
        return token;
    }

    /// <summary>For this process itself: its library reads the environment of the machine, which .NET keeps apart from its own. One token in a process, from its first use on.</summary>
    public TokenKey Here()
    {
        Marshal.GetDelegateForFunctionPointer<SetVariable>(NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "setenv"))("SOFTHSM2_CONF", configuration, 1);
        return new(library, "portal", Pin, "councils", "SHA-1");
    }

    /// <summary>Ends all that this process has open with it, as a token does that is taken out or begins anew.</summary>
    public void LoseSessions()
    {
        // Never told that its caller is done: that would be the end of everybody's.
        var loaded = Factories.Pkcs11LibraryFactory.LoadPkcs11Library(Factories, library, AppType.MultiThreaded);
        loaded.GetSlotList(SlotsType.WithTokenPresent).Single(s => s.GetTokenInfo().Label.TrimEnd() == "portal").CloseAllSessions();
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    /// <param name="section">Keys, or Keys__Earlier__0.</param>
    public Dictionary<string, string> Settings(string section) => new()
    {
        ["SOFTHSM2_CONF"] = configuration,
        [section + "__Pkcs11__Library"] = library,
        [section + "__Pkcs11__Token"] = "portal",
        [section + "__Pkcs11__Pin"] = Pin,
        [section + "__Pkcs11__Key"] = "councils",
        [section + "__Pkcs11__OaepHash"] = "SHA-1",
    };
}
