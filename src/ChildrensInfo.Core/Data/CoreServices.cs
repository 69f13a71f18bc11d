using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Research;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace ChildrensInfo.Core.Data;

/// <summary>Everything of Core that a host needs, whichever host it is. The host brings ICurrentActor and IKeyProvider.</summary>
public static class CoreServices
{
    public static IServiceCollection AddPortalCore(this IServiceCollection services, string connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(NpgsqlDataSource.Create(connectionString));
        services.AddDbContext<AppDbContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
            .UsePortalConventions());
        services.AddSingleton<AuthorityKeyCache>();
        services.AddScoped<KeyRing>();
        services.AddScoped<FileStore>();
        services.AddScoped<ConsentService>();
        services.AddScoped<ExtractPopulation>();
        services.AddScoped<ResearchService>();
        services.TryAddSingleton(new ResearchLimits());
        return services;
    }

    public static DbContextOptionsBuilder UsePortalConventions(this DbContextOptionsBuilder options) => options
        .UseSnakeCaseNamingConvention()
        .AddInterceptors(RowSecurity.Instance, AuditGuard.Instance);

    public static DbContextOptionsBuilder<AppDbContext> UsePortalConventions(this DbContextOptionsBuilder<AppDbContext> options)
    {
        ((DbContextOptionsBuilder)options).UsePortalConventions();
        return options;
    }
}
