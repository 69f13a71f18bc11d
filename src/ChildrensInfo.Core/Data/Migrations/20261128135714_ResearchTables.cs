using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128135714_ResearchTables")]
    public class ResearchTables : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "form",
                table: "extracts",
                type: "text",
                nullable: false,
                defaultValueSql: "'Rows'");

            migrationBuilder.AddColumn<string>(
                name: "measure",
                table: "extracts",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "only_code",
                table: "extracts",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "only_key",
                table: "extracts",
                type: "text",
                nullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_extracts_table",
                table: "extracts",
                sql: "case when form = 'Table' then cardinality(variables) + (only_key is not null)::int between 1 and 4 else only_key is null and measure is null end and (only_key is null) = (only_code is null)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_extracts_table",
                table: "extracts");

            migrationBuilder.DropColumn(
                name: "form",
                table: "extracts");

            migrationBuilder.DropColumn(
                name: "measure",
                table: "extracts");

            migrationBuilder.DropColumn(
                name: "only_code",
                table: "extracts");

            migrationBuilder.DropColumn(
                name: "only_key",
                table: "extracts");
        }
    }
}
