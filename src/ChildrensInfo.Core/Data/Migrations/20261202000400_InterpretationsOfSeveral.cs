using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261202000400_InterpretationsOfSeveral")]
    public class InterpretationsOfSeveral : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "interpretation_voices",
                columns: table => new
                {
                    interpretation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_interpretation_voices", x => new { x.interpretation_id, x.voice_record_id });
                    table.ForeignKey(
                        name: "fk_interpretation_voices_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_interpretation_voices_interpretations",
                        columns: x => new { x.child_id, x.interpretation_id },
                        principalTable: "interpretations",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_interpretation_voices_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_interpretation_voices_authority_id_child_id",
                table: "interpretation_voices",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_interpretation_voices_child_id",
                table: "interpretation_voices",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_interpretation_voices_child_id_interpretation_id",
                table: "interpretation_voices",
                columns: new[] { "child_id", "interpretation_id" });

            migrationBuilder.CreateIndex(
                name: "ix_interpretation_voices_child_id_voice_record_id",
                table: "interpretation_voices",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.Script("InterpretationsOfSeveral.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations go forward only.");
    }
}
