using ChildrensInfo.Web;
using ChildrensInfo.Web.Development;
using Serilog;

var builder = WebApplication.CreateBuilder(args);
if (await DatabaseStart.FindAsync(builder) is not { } connection) return 1;
if (!await StartGuard.AllowsAsync(builder, connection)) return 1;

builder.AddPortalLogging();
builder.AddPortal(connection);
var app = builder.Build();
await DatabaseStart.PrepareAsync(app);

app.UsePortal();
try
{
    await app.RunAsync();
    return 0;
}
catch (IOException error) when (Portal.IsAddressTaken(error))
{
    await Console.Error.WriteLineAsync("Not started: something else on this machine already answers there. Stop it, or choose another address by starting with: --urls http://localhost:5081");
    return 1;
}

/// <summary>Named so that tests can start the same site.</summary>
public partial class Program;
