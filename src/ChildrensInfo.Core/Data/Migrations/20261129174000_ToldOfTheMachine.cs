using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129174000_ToldOfTheMachine")]
    public class ToldOfTheMachine : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(name: "ck_purpose_settings_basis", table: "purpose_settings");
            migrationBuilder.AddCheckConstraint(name: "ck_purpose_settings_basis", table: "purpose_settings", sql: "(basis = 'NoticeOnly') = (purpose in ('KeepRecord', 'Stats')) or purpose = 'TranscribeMachine'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new System.NotSupportedException("Migrations go forward only.");
    }
}
