using System.Net;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChildrensInfo.Tests.Support;

/// <summary>A council's own transcribing machine, as the site meets it: an address on loopback that answers as it is told to.</summary>
public sealed class FakeTranscriber : IAsyncDisposable
{
    public const string Key = "a-key-that-must-stay-out-of-logs-7f3a";

    private readonly WebApplication app;

    private FakeTranscriber(WebApplication app) => this.app = app;

    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsJsonAsync(new { text = "" });

    public List<(IFormCollection Form, byte[] Audio, string FileName, string? FileType, string? Authorization)> Asked { get; } = [];

    public Uri Address => new(app.Urls.First());

    public static async Task<FakeTranscriber> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0);
            k.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var fake = new FakeTranscriber(app);
        app.MapPost("/v1/audio/transcriptions", async context =>
        {
            var form = await context.Request.ReadFormAsync();
            using var bytes = new MemoryStream();
            await form.Files[0].CopyToAsync(bytes);
            lock (fake.Asked) fake.Asked.Add((form, bytes.ToArray(), form.Files[0].FileName, form.Files[0].ContentType, context.Request.Headers.Authorization));
            await fake.Answer(context);
        });
        await app.StartAsync();
        return fake;
    }

    public TranscriberSettings Settings(TimeSpan? timeout = null, Uri? address = null) =>
        new(new Uri(address ?? Address, "v1/audio/transcriptions"), "large-v3", "whisper.cpp 1.8, large-v3", "verbose_json", Key, timeout ?? TimeSpan.FromSeconds(30));

    /// <summary>Sets it up as a council's machine.</summary>
    public void Serve(TestSite site, World world, TimeSpan? timeout = null, Uri? address = null) =>
        site.Services.GetRequiredService<TranscriberCatalogue>().Set(world.Authority.Code, Settings(timeout, address));

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
