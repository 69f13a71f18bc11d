using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129130245_EthnicPopulations")]
    public class EthnicPopulations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ethnic_populations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    year = table.Column<int>(type: "integer", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    asian = table.Column<int>(type: "integer", nullable: false),
                    black = table.Column<int>(type: "integer", nullable: false),
                    mixed = table.Column<int>(type: "integer", nullable: false),
                    white = table.Column<int>(type: "integer", nullable: false),
                    other = table.Column<int>(type: "integer", nullable: false),
                    source = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    kept_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kept_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ethnic_populations", x => x.id);
                    table.ForeignKey(
                        name: "fk_ethnic_populations_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_ethnic_populations_people_kept_by_id",
                        column: x => x.kept_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_ethnic_populations_authority_id_year_number",
                table: "ethnic_populations",
                columns: new[] { "authority_id", "year", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_ethnic_populations_kept_by_id",
                table: "ethnic_populations",
                column: "kept_by_id");

            migrationBuilder.Script("EthnicPopulations.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ethnic_populations");
        }
    }
}
