using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128024647_HowItWasAsked")]
    public class HowItWasAsked : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "prompt_sealed",
                table: "voice_words",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "prompted_by",
                table: "voice_records",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "written_up",
                table: "voice_records",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "prompt_sealed",
                table: "voice_words");

            migrationBuilder.DropColumn(
                name: "prompted_by",
                table: "voice_records");

            migrationBuilder.DropColumn(
                name: "written_up",
                table: "voice_records");
        }
    }
}
