using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ChildrensInfo.Web;

/// <summary>
/// A site that is told to stop says so first, to whoever asks whether it is ready, and goes on answering until a proxy has had time to ask; then it takes no more and finishes what it has
/// begun. Otherwise somebody's words would be sent to a port that had just closed.
/// </summary>
public sealed class Stopping(IHostApplicationLifetime lifetime, IConfiguration configuration, IHostEnvironment environment) : IHostedLifecycleService, IHealthCheck
{
    public const string Setting = "Stopping:WaitSeconds";

    /// <summary>A proxy that asks every two seconds has then asked twice. On a machine of one's own there is none to wait for.</summary>
    private const int Usual = 5;

    /// <summary>For what was begun, after that.</summary>
    private static readonly TimeSpan ToFinish = TimeSpan.FromSeconds(30);

    public static string? FaultOf(IConfiguration configuration) => configuration[Setting] is not { Length: > 0 } text || Read(text) is >= 0 and <= 60 ? null : "Stopping__WaitSeconds is a whole number of seconds, 60 at most.";

    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<Stopping>();
        services.AddHostedService(s => s.GetRequiredService<Stopping>());
        services.AddHealthChecks().AddCheck<Stopping>("stopping");
        services.AddOptions<HostOptions>().Configure<Stopping>((host, stopping) => host.ShutdownTimeout = stopping.Wait + ToFinish);
    }

    private TimeSpan Wait => TimeSpan.FromSeconds(Read(configuration[Setting]) ?? (environment.IsProduction() ? Usual : 0));

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The site stops.") : HealthCheckResult.Healthy());

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(Wait, cancellationToken);

    /// <summary>A connection kept for the next request would be closed under it.</summary>
    public Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.OnStarting(() =>
            {
                if (lifetime.ApplicationStopping.IsCancellationRequested) context.Response.Headers.Connection = "close";
                return Task.CompletedTask;
            });
        }

        return next(context);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static int? Read(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}
