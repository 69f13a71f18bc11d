using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128053319_Indicators")]
    public class Indicators : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "ward",
                table: "children",
                type: "character varying(80)",
                maxLength: 80,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "indicators",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: true),
                    key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    retired_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_indicators", x => x.id);
                    table.ForeignKey(
                        name: "fk_indicators_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "populations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    year = table.Column<int>(type: "integer", nullable: false),
                    children = table.Column<int>(type: "integer", nullable: false),
                    source = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_populations", x => x.id);
                    table.ForeignKey(
                        name: "fk_populations_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "voice_codings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    codebook_version = table.Column<int>(type: "integer", nullable: false),
                    theme = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    coded_by = table.Column<string>(type: "text", nullable: false),
                    priority = table.Column<string>(type: "text", nullable: false),
                    direction = table.Column<string>(type: "text", nullable: false),
                    views = table.Column<string>(type: "text", nullable: false),
                    coder_id = table.Column<Guid>(type: "uuid", nullable: false),
                    coded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    removed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    removed_by_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_voice_codings", x => x.id);
                    table.CheckConstraint("ck_voice_codings_priority", "coded_by = 'Child' or priority = 'NotSaid'");
                    table.ForeignKey(
                        name: "fk_voice_codings_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_voice_codings_people_coder_id",
                        column: x => x.coder_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_voice_codings_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "indicator_versions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    indicator_id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: true),
                    number = table.Column<int>(type: "integer", nullable: false),
                    definition_json = table.Column<string>(type: "jsonb", nullable: false),
                    reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_indicator_versions", x => x.id);
                    table.ForeignKey(
                        name: "fk_indicator_versions_indicators_indicator_id",
                        column: x => x.indicator_id,
                        principalTable: "indicators",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "indicator_releases",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    calculated_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    total_json = table.Column<string>(type: "text", nullable: false),
                    figures_json = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_indicator_releases", x => x.id);
                    table.ForeignKey(
                        name: "fk_indicator_releases_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_indicator_releases_indicator_versions_version_id",
                        column: x => x.version_id,
                        principalTable: "indicator_versions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_indicator_releases_authority_id_key_day",
                table: "indicator_releases",
                columns: new[] { "authority_id", "key", "day" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_indicator_releases_version_id",
                table: "indicator_releases",
                column: "version_id");

            migrationBuilder.CreateIndex(
                name: "ix_indicator_versions_indicator_id_number",
                table: "indicator_versions",
                columns: new[] { "indicator_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_indicators_authority_id_key",
                table: "indicators",
                columns: new[] { "authority_id", "key" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_populations_authority_id_year",
                table: "populations",
                columns: new[] { "authority_id", "year" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_voice_codings_authority_id_child_id",
                table: "voice_codings",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_codings_child_id",
                table: "voice_codings",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_voice_codings_child_id_voice_record_id",
                table: "voice_codings",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_codings_coder_id",
                table: "voice_codings",
                column: "coder_id");

            migrationBuilder.CreateIndex(
                name: "ix_voice_codings_voice_record_id_theme_coded_by",
                table: "voice_codings",
                columns: new[] { "voice_record_id", "theme", "coded_by" },
                unique: true,
                filter: "removed_at is null");

            migrationBuilder.Script("Indicators.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "indicator_releases");

            migrationBuilder.DropTable(
                name: "populations");

            migrationBuilder.DropTable(
                name: "voice_codings");

            migrationBuilder.DropTable(
                name: "indicator_versions");

            migrationBuilder.DropTable(
                name: "indicators");

            migrationBuilder.DropColumn(
                name: "ward",
                table: "children");
        }
    }
}
