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
await app.RunAsync();
await Log.CloseAndFlushAsync();
return 0;

/// <summary>Named so that tests can start the same site.</summary>
public partial class Program;
