using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128211223_GroupSpeakers")]
    public class GroupSpeakers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "group_size",
                table: "voice_records",
                type: "integer",
                nullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_voice_records_group",
                table: "voice_records",
                sql: "(speaker = 'Group') = (group_size is not null) and (group_size is null or group_size between 2 and 500)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_voice_records_group",
                table: "voice_records");

            migrationBuilder.DropColumn(
                name: "group_size",
                table: "voice_records");
        }
    }
}
