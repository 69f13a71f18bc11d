using System.Diagnostics;
using System.Runtime.InteropServices;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Tests.Support;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Browser))]

namespace ChildrensInfo.Tests.Support;

/// <summary>
/// Chromium with a microphone that hums and nobody to ask: one for the run, a context of its own for each journey. It starts with the
/// first journey, so that tests without one do not wait for it.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>Where a picture of each page looked at goes, for people to see: LOOKS=folder ./test. Without it none is taken, since each costs a second.</summary>
    public static readonly string? Looks = Environment.GetEnvironmentVariable("LOOKS") is { Length: > 0 } folder ? Path.Combine(Repository.Root, folder) : null;

    private readonly SemaphoreSlim starting = new(1);
    private IPlaywright? playwright;
    private IBrowser? browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A page signed in as somebody, failing the test on any error its scripts throw.</summary>
    public async Task<Visitor> OpenAsync(TestSite site, AppUser? person, int width = 1200, int height = 900, bool touch = false)
    {
        var context = await (await StartAsync()).NewContextAsync(new()
        {
            BaseURL = site.Address.ToString(),
            Locale = "en-GB",
            TimezoneId = "Europe/London",
            ViewportSize = new() { Width = width, Height = height },
            HasTouch = touch,
            Permissions = ["microphone"],
            ReducedMotion = ReducedMotion.Reduce,
        });
        var visitor = new Visitor(context, await context.NewPageAsync());
        if (person is not null) await visitor.SignInAsAsync(site, person);
        return visitor;
    }

    /// <summary>A browser of the test's own on a folder of its own, so that it can be killed and started again on what it left.</summary>
    public async Task<Visitor> OpenOnAsync(string folder, TestSite site, AppUser person, bool offline = false)
    {
        await StartAsync();
        var context = await playwright!.Chromium.LaunchPersistentContextAsync(folder, new()
        {
            ExecutablePath = Find(),
            Args = Arguments(),
            BaseURL = site.Address.ToString(),
            Locale = "en-GB",
            TimezoneId = "Europe/London",
            ViewportSize = new() { Width = 1200, Height = 900 },
            Permissions = ["microphone"],
            ReducedMotion = ReducedMotion.Reduce,
            Offline = offline,
        });
        var visitor = new Visitor(context, context.Pages[0]);
        await visitor.SignInAsAsync(site, person);
        return visitor;
    }

    /// <summary>Firefox as people have it, driven by WebDriver BiDi, with a microphone that hums and nobody to ask.</summary>
    public async Task<Visitor> OpenFirefoxAsync(TestSite site, AppUser person)
    {
        var path = FindFirefox();
        Assert.SkipWhen(path is null, "Firefox is not installed; ./test installs it where it may.");
        await StartAsync();
        var context = await playwright!.Firefox.LaunchPersistentContextAsync("", new()
        {
            Channel = "moz-firefox",
            ExecutablePath = path,
            FirefoxUserPrefs = new Dictionary<string, object> { ["media.navigator.streams.fake"] = true, ["media.navigator.permission.disabled"] = true },
            BaseURL = site.Address.ToString(),
            Locale = "en-GB",
            TimezoneId = "Europe/London",
            ViewportSize = new() { Width = 1200, Height = 900 },
        });
        var visitor = new Visitor(context, context.Pages.Count > 0 ? context.Pages[0] : await context.NewPageAsync());
        await visitor.SignInAsAsync(site, person);
        return visitor;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        starting.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        await starting.WaitAsync();
        try
        {
            if (browser is not null) return browser;
            playwright = await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout(20_000);
            return browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Find(), Args = Arguments() });
        }
        finally
        {
            starting.Release();
        }
    }

    /// <returns>Null where there is none, or only a pointer to a snap, which drives nothing.</returns>
    private static string? FindFirefox()
    {
        if (Environment.GetEnvironmentVariable("FIREFOX_PATH") is { Length: > 0 } given) return given;
        string[] usual = ["/usr/bin/firefox-esr", "/usr/lib/firefox/firefox", "/usr/lib64/firefox/firefox", "/Applications/Firefox.app/Contents/MacOS/firefox", @"C:\Program Files\Mozilla Firefox\firefox.exe"];
        return Array.Find(usual, File.Exists);
    }

    private static string[] Arguments() =>
        ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required", .. IsRoot ? ["--no-sandbox"] : Array.Empty<string>()];

    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.UserName == "root";

    /// <returns>Null lets Playwright use the one it installed itself.</returns>
    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } given) return given;
        string[] usual = RuntimeInformation.IsOSPlatform(OSPlatform.Linux)
            ? ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"]
            : RuntimeInformation.IsOSPlatform(OSPlatform.OSX)
                ? ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"]
                : [@"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe"];
        return Array.Find(usual, File.Exists);
    }
}

/// <summary>Somebody at a browser.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private static readonly string AxeScript = new BundledAxeScriptProvider().GetScript();

    /// <summary>
    /// Only what is wrong is listed: what is right is thousands of lines a page, each carried here from the browser. The size of what is tapped is new in WCAG 2.2,
    /// and axe leaves it out unless asked. Of a page that was looked at narrow, wider asks what the width can change, and everything of what only now is shown: the same
    /// colours stand behind the same words, which are never smaller.
    /// </summary>
    private const string AxeFindings =
        """
        async wider => {
          const shown = [...document.body.querySelectorAll('*')].filter(element => element.checkVisibility());
          const before = window.shownNarrow;
          window.shownNarrow = new Set(shown);
          const run = async (on, options) => (await axe.run(on, { resultTypes: ['violations'], ...options })).violations;
          const found = [];
          if (wider) {
            found.push(...await run(document, { runOnly: ['target-size', 'scrollable-region-focusable'] }));
            const fresh = shown.filter(element => !before.has(element) && (element.parentElement === document.body || before.has(element.parentElement)));
            if (fresh.length) found.push(...await run({ include: fresh }, {}));
          } else {
            found.push(...await run(document, { rules: { 'target-size': { enabled: true } } }));
          }
          return found.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${rule.help} at ${node.target}: ${node.html}`));
        }
        """;

    private const string NotKept =
        "() => document.querySelector('meta[name=person]') ? [...document.querySelectorAll('textarea')].filter(t => !t.form || (t.form.method === 'post' && !('kept' in t.form.dataset))).map(t => t.outerHTML) : []";

    private readonly IBrowserContext context;
    private readonly List<string> faults = [];

    public Visitor(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.SetDefaultTimeout(20_000);
        page.PageError += (_, fault) => faults.Add(fault);
        // A content security policy that refuses something says so here and nowhere else.
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) faults.Add(message.Text);
        };
    }

    public IPage Page { get; }

    public async Task GoAsync(string path) => await Page.GotoAsync(path);

    /// <summary>Somebody signs in at this browser, as after a session that ended.</summary>
    public async Task SignInAsAsync(TestSite site, AppUser person)
    {
        var (name, value) = site.CookieFor(person);
        await context.AddCookiesAsync([new() { Name = name, Value = value, Url = site.Address.ToString() }]);
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name });

    public ILocator Radio(string group, string name) => Page.GetByRole(AriaRole.Group, new() { Name = group }).GetByRole(AriaRole.Radio, new() { Name = name, Exact = true });

    public ILocator Checkbox(string group, string name) => Page.GetByRole(AriaRole.Group, new() { Name = group }).GetByRole(AriaRole.Checkbox, new() { Name = name, Exact = true });

    /// <summary>A finger's tap on what leads to another page. A click waits until that begins to arrive, and a tap does not.</summary>
    public async Task TapToNextPageAsync(ILocator on)
    {
        await Page.EvaluateAsync("() => { document.isThePageBefore = true; }");
        await on.TapAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        // Whole, so that nothing of it is on its way when the next thing is done.
        while (!await AskPageAsync("document.isThePageBefore !== true && document.readyState === 'complete'")) await Task.Delay(20, patience.Token);
    }

    /// <summary>Looks at the page as it stands: nothing that axe finds, no script that failed, no sideways scroll; and keeps a picture of it.</summary>
    public Task LookAsync(string picture) => LookAsync(picture, wider: false);

    private async Task LookAsync(string picture, bool wider)
    {
        await WholeAsync();
        await KeepPictureAsync(picture);
        if (!await Page.EvaluateAsync<bool>("'axe' in window")) await Page.EvaluateAsync(AxeScript);
        Assert.Empty(await Page.EvaluateAsync<string[]>(AxeFindings, wider));
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        // What is typed in a form that is sent is kept until it has arrived (keep.js), on every page of whoever is signed in.
        Assert.Empty(await Page.EvaluateAsync<string[]>(NotKept));
        Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{picture} scrolls sideways");
    }

    /// <summary>A picture of the page as it stands, when somebody asked for pictures.</summary>
    public async Task KeepPictureAsync(string picture)
    {
        if (Browser.Looks is not { } folder) return;
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, picture + ".png"), FullPage = true });
    }

    /// <summary>
    /// Waits for the whole page and its scripts: a click returns when the next page begins to arrive. Asked again and again, because Playwright's own
    /// wait can miss a load that ends as it begins to wait, and its polling needs eval.
    /// </summary>
    public async Task WholeAsync()
    {
        while (!await AskPageAsync("document.readyState === 'complete'")) await Task.Delay(50);
    }

    /// <returns>False while one page goes and another comes, too.</returns>
    private async Task<bool> AskPageAsync(string question)
    {
        try
        {
            return await Page.EvaluateAsync<bool>(question);
        }
        catch (PlaywrightException fault) when (fault.Message.Contains("context was destroyed", StringComparison.Ordinal))
        {
            return false;
        }
    }

    /// <summary>Looks at the page on a small telephone, on a tablet, held upright, and as it stands.</summary>
    public async Task LookWideAndNarrowAsync(string picture)
    {
        var size = Page.ViewportSize!;
        await Page.SetViewportSizeAsync(320, 700);
        await LookAsync(picture + "-320");
        await Page.SetViewportSizeAsync(820, 1180);
        await KeepPictureAsync(picture + "-820");
        Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{picture} scrolls sideways on a tablet");
        await Page.SetViewportSizeAsync(size.Width, size.Height);
        await LookAsync(picture, wider: true);
    }

    /// <summary>The whole browser dies at once, as when a battery goes: all its processes, with no event and no last word.</summary>
    public async Task KillAsync()
    {
        var gone = new TaskCompletionSource();
        context.Close += (_, _) => gone.TrySetResult();
        var processes = await (await context.Browser!.NewBrowserCDPSessionAsync()).SendAsync("SystemInfo.getProcessInfo");
        var id = processes!.Value.GetProperty("processInfo").EnumerateArray().Single(p => p.GetProperty("type").GetString() == "browser").GetProperty("id").GetInt32();
        using var process = Process.GetProcessById(id);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await gone.Task;
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
