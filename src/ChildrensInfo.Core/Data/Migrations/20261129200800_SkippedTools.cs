using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129200800_SkippedTools")]
    public class SkippedTools : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_voice_records_declined",
                table: "voice_records");

            migrationBuilder.AddCheckConstraint(
                name: "ck_voice_records_declined",
                table: "voice_records",
                sql: "case when kind = 'Declined' then not_heard_reason is not null else not_heard_reason is null or tool_version_id is not null end");
        }
    }
}
