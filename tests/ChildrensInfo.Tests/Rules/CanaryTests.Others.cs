using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>What the journey left behind, asked for by everybody it is not for, at the addresses under which it really is.</summary>
public partial class CanaryTests
{
    /// <param name="Leads">To something of the council whose journey it was.</param>
    /// <param name="IsOfChild">To one child.</param>
    /// <param name="Ids">Names of ids that are sent with it.</param>
    private sealed record Ask(string Method, string Address, bool Leads, bool IsOfChild, IReadOnlyList<string> Ids);

    /// <summary>
    /// Every address and handler, with its real ids and with a token, as each role of another council, and what leads to a child as a practitioner of the same council who does not
    /// work with that child: nothing is shown, and nothing is changed.
    /// </summary>
    private async Task NobodyElseIsLetInAsync(World world, List<Ask> asks)
    {
        var elsewhere = await World.CreateAsync(site);
        var theirs = await elsewhere.AddChildAsync(elsewhere.Practitioner);
        await elsewhere.AssignAsync(theirs, elsewhere.ReviewingOfficer);
        await elsewhere.AssignAsync(theirs, elsewhere.Advocate);
        Assert.True(asks.Count(a => a is { Leads: true, Method: "GET" }) > 60 && asks.Count(a => a is { Leads: true, Method: "POST" }) > 80, "The addresses were not found.");
        var ids = await IdsAsync(world);
        Assert.NotEmpty(ids);
        for (var i = 0; i < 300 && await site.ReadAsync(world, db => db.Jobs.AnyAsync(j => j.State == JobState.Waiting || j.State == JobState.Running, Cancel)); i++) await Task.Delay(100, Cancel);

        var before = await RowsAsync(world);
        var letIn = new ConcurrentBag<string>();
        var askers = Enum.GetValues<Role>().Select(r => (Role: r, IsOfTheCouncil: false, Person: elsewhere.PersonOf(r))).Append((Role: Role.Practitioner, IsOfTheCouncil: true, Person: world.OtherPractitioner));
        await Parallel.ForEachAsync(askers, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancel }, async (asker, cancel) =>
        {
            using var client = site.ClientFor(asker.Person);
            var token = await client.AntiforgeryTokenAsync("/account/sign-ins");
            foreach (var ask in asks.Where(a => !asker.IsOfTheCouncil || a.IsOfChild))
            {
                // What no id in the address leads to is asked with each id the council has of anything, where the handler takes one.
                foreach (var id in ask.Leads || ask.Method == "GET" ? ids.Take(1) : ids)
                {
                    using var request = new HttpRequestMessage(new HttpMethod(ask.Method), ask.Address);
                    request.Headers.Add("RequestVerificationToken", token);
                    request.Headers.Add("X-Sent-At", "2026-01-02T03:04:05Z");
                    if (ask.Method == "POST") request.Content = new FormUrlEncodedContent(ask.Ids.Select(n => KeyValuePair.Create(n, $"{id}")).Append(new("__RequestVerificationToken", token)));
                    if (ask.Method == "PUT") request.Content = new ByteArrayContent([1]) { Headers = { ContentType = new("application/octet-stream") } };
                    using var answer = await client.Http.SendAsync(request, cancel);
                    // That one byte is nothing a device sealed is said to everybody, before it is looked whose it would be.
                    var isUnread = ask.Method == "PUT" && answer.StatusCode == HttpStatusCode.UnprocessableEntity;
                    if (ask.Leads && !isUnread && answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.NotFound)) letIn.Add($"{asker.Role}{(asker.IsOfTheCouncil ? " beside" : "")} {(int)answer.StatusCode} {ask.Method} {ask.Address}");
                    // One council shows another what it says of its research to everybody, and nothing else.
                    if (Holds(await answer.Content.ReadAsStringAsync(cancel) + answer.Headers, mark) && !ask.Address.StartsWith("/research", StringComparison.Ordinal)) letIn.Add($"{asker.Role} is told of it by {ask.Method} {ask.Address}");
                }
            }
        });
        Assert.True(letIn.IsEmpty, string.Join('\n', letIn.Order()));
        Assert.Equal(before, await RowsAsync(world));
    }

    /// <summary>The database takes no line of this council's any more, but that somebody was refused: then no answer about a child is given, and no word of one is shown.</summary>
    private async Task NothingIsShownWithoutItsLineAsync(World world, IReadOnlyDictionary<Role, TestClient> clients, IReadOnlyCollection<string> words, List<Ask> asks)
    {
        await using (var connection = new NpgsqlConnection(site.SuperuserConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var refuse = new NpgsqlCommand(
                $"""
                create function no_line_{mark}() returns trigger language plpgsql as $$ begin raise exception 'No line can be written.'; end $$;
                create trigger no_line_{mark} before insert on audit_entries for each row when (new.authority_id = '{world.Authority.Id}' and new.action <> '{AuditActions.AccessRefused}') execute function no_line_{mark}();
                """, connection);
            await refuse.ExecuteNonQueryAsync(Cancel);
        }

        var shown = new ConcurrentBag<string>();
        var failed = 0;
        await Parallel.ForEachAsync(clients, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancel }, async (client, cancel) =>
        {
            foreach (var ask in asks.Where(a => a.Method == "GET" && (a.IsOfChild || client.Key is Role.Practitioner or Role.TeamManager or Role.InformationGovernance)))
            {
                using var answer = await client.Value.GetAsync(ask.Address);
                if (answer.StatusCode >= HttpStatusCode.InternalServerError) Interlocked.Increment(ref failed);
                var text = await answer.Content.ReadAsStringAsync(cancel);
                // What a recorder asks is whether it may go on, and shows nothing.
                if (ask.IsOfChild && answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.NoContent || words.Any(w => Holds(text, w))) shown.Add($"{client.Key} {(int)answer.StatusCode} {ask.Address}");
            }
        });
        Assert.True(shown.IsEmpty, string.Join('\n', shown.Order()));
        Assert.True(failed > 50, $"Only {failed} answers needed a line.");
    }

    /// <param name="everybodys">Ids of what comes with the portal.</param>
    private async Task<List<Ask>> AsksAsync(Func<string, string> idAfter, Guid fileId, params Guid[] everybodys)
    {
        var loader = site.Services.GetRequiredService<PageLoader>();
        var asks = new List<Ask>();
        foreach (var endpoint in site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = PathOf(endpoint, before => before.EndsWith("/media/", StringComparison.Ordinal) ? $"{fileId}" : idAfter(before));
            // What is asked of oneself or of nobody, and the child's own screen, which is nowhere but on a lent device.
            if (endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null || path.StartsWith("/problem", StringComparison.Ordinal) || path == PolicyReports.Address
                || path.StartsWith("/account", StringComparison.OrdinalIgnoreCase) && !path.EndsWith("/sign-ins", StringComparison.Ordinal) || path.StartsWith(ChildModeGate.Home, StringComparison.Ordinal)) continue;
            var leads = Id().Matches(path).Any(m => !everybodys.Contains(Guid.Parse(m.Value)));
            var isOfChild = endpoint.RoutePattern.GetParameter(ChildReadAudit.ChildIdRoute) is not null;
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not { } page)
            {
                asks.AddRange((endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => new Ask(m, path, leads, isOfChild, [])));
                continue;
            }

            var compiled = await loader.LoadAsync(page, endpoint.Metadata);
            asks.Add(new("GET", path, leads, isOfChild, []));
            foreach (var handler in compiled.HandlerMethods.Where(h => h.HttpMethod != "Get" || h.Name is not null))
            {
                var taken = handler.Parameters.Where(p => IsId(p.ParameterType)).Select(p => p.Name).Concat(handler.HttpMethod == "Get" ? [] : compiled.BoundProperties.SelectMany(p =>
                    p.BindingInfo?.BindingSource == BindingSource.Path ? [] : IsId(p.ParameterType) ? [p.Name] : p.ParameterType.GetProperties().Where(inner => inner.CanWrite && IsId(inner.PropertyType)).Select(inner => $"{p.Name}.{inner.Name}"))).ToList();
                var address = handler.Name is null ? path : $"{path}?handler={handler.Name}";
                if (leads || handler.HttpMethod == "Get" || taken.Count > 0) asks.Add(new(handler.HttpMethod.ToUpperInvariant(), address, leads, isOfChild, taken));
            }
        }

        return asks;

        static bool IsId(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(Guid);
    }

    /// <summary>One id of each kind of thing the council has.</summary>
    private async Task<List<Guid>> IdsAsync(World world)
    {
        var tables = new[] { "notices", "break_glasses", "planned_visits", "devices", "tools", "code_mappings", "sign_ins", "legal_holds", "return_absences", "children", "people", "returns", "monthly_packs" };
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var query = new NpgsqlCommand(string.Join(" union all ", tables.Select(t => $"(select id from {t} where authority_id = $1 order by id limit 1)")), connection) { Parameters = { new() { Value = world.Authority.Id } } };
        await using var rows = await query.ExecuteReaderAsync(Cancel);
        var ids = new List<Guid>();
        while (await rows.ReadAsync(Cancel)) ids.Add(rows.GetGuid(0));
        return ids;
    }

    /// <summary>Of each table how many rows the council has and which transactions wrote them. That somebody of it was refused, and was seen, is written; what else is, is a change.</summary>
    private async Task<List<string>> RowsAsync(World world)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("select table_name::text from information_schema.columns join information_schema.tables using (table_schema, table_name) where table_schema = 'public' and table_type = 'BASE TABLE' and column_name = 'authority_id' and table_name not in ('sign_ins', 'jobs') order by 1", connection))
        await using (var reader = await list.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel)) tables.Add(reader.GetString(0));
        }

        var sql = string.Join(" union all ", tables.Select(t => $"select '{t} ' || count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) from {t} where authority_id = $1{(t == "audit_entries" ? " and action <> $2" : "")}"));
        await using var query = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = world.Authority.Id }, new() { Value = AuditActions.AccessRefused } } };
        await using var rows = await query.ExecuteReaderAsync(Cancel);
        var found = new List<string>();
        while (await rows.ReadAsync(Cancel)) found.Add(rows.GetString(0));
        return [.. found.Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();
}
