using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129201900_SensitivityMarks")]
    public class SensitivityMarks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "sensitivity_marks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sensitivity = table.Column<string>(type: "text", nullable: false),
                    marked_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    marked_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sensitivity_marks", x => x.id);
                    table.CheckConstraint("ck_sensitivity_marks_up", "sensitivity in ('Sensitive', 'Disclosure')");
                    table.ForeignKey(
                        name: "fk_sensitivity_marks_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_sensitivity_marks_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_sensitivity_marks_authority_id_child_id",
                table: "sensitivity_marks",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_sensitivity_marks_child_id",
                table: "sensitivity_marks",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_sensitivity_marks_child_id_voice_record_id",
                table: "sensitivity_marks",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.Script("SensitivityMarks.sql");
        }
    }
}
