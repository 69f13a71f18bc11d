using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261130090829_PersonsOnPhotos")]
    public class PersonsOnPhotos : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "shows_person",
                table: "voice_records",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "shows_person_since",
                table: "voice_records",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "photo_answers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    shows_person = table.Column<bool>(type: "boolean", nullable: false),
                    answered_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    answered_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_photo_answers", x => x.id);
                    table.ForeignKey(
                        name: "fk_photo_answers_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_photo_answers_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.AddCheckConstraint(
                name: "ck_voice_records_person",
                table: "voice_records",
                sql: "(kind = 'Photo' or shows_person is null) and (shows_person is not null or shows_person_since is null)");

            migrationBuilder.CreateIndex(
                name: "ix_photo_answers_authority_id_child_id",
                table: "photo_answers",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_photo_answers_child_id",
                table: "photo_answers",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_photo_answers_child_id_voice_record_id",
                table: "photo_answers",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.Script("PersonsOnPhotos.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations go forward only.");
    }
}
