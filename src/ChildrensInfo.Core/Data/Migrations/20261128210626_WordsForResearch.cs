using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128210626_WordsForResearch")]
    public class WordsForResearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "words_why",
                table: "research_projects",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "extract_items",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    extract_id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    kept = table.Column<bool>(type: "boolean", nullable: true),
                    because = table.Column<string>(type: "text", nullable: true),
                    reviewed_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    reviewed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                    found = table.Column<string>(type: "jsonb", nullable: true),
                    hidden = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_extract_items", x => x.id);
                    table.CheckConstraint("ck_extract_items_left_out", "(kept is not distinct from false) = (because is not null)");
                    table.CheckConstraint("ck_extract_items_read", "(kept is null) = (reviewed_by_id is null) and (kept is null) = (reviewed_at is null)");
                    table.ForeignKey(
                        name: "fk_extract_items_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_extract_items_extracts_extract_id",
                        column: x => x.extract_id,
                        principalTable: "extracts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_extract_items_people_reviewed_by_id",
                        column: x => x.reviewed_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_extract_items_voice_records_voice_record_id",
                        column: x => x.voice_record_id,
                        principalTable: "voice_records",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_extract_items_authority_id_child_id",
                table: "extract_items",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_extract_items_child_id",
                table: "extract_items",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_extract_items_extract_id_number",
                table: "extract_items",
                columns: new[] { "extract_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_extract_items_extract_id_voice_record_id",
                table: "extract_items",
                columns: new[] { "extract_id", "voice_record_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_extract_items_reviewed_by_id",
                table: "extract_items",
                column: "reviewed_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_extract_items_voice_record_id",
                table: "extract_items",
                column: "voice_record_id");

            migrationBuilder.Script("WordsForResearch.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "extract_items");

            migrationBuilder.DropColumn(
                name: "words_why",
                table: "research_projects");
        }
    }
}
