using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128213035_Restrictions")]
    public class Restrictions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "restrictions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: true),
                    ground = table.Column<string>(type: "text", nullable: false),
                    placed_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    placed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    lifted_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    lifted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_restrictions", x => x.id);
                    table.CheckConstraint("ck_restrictions_lifted", "(lifted_at is null) = (lifted_by_id is null)");
                    table.ForeignKey(
                        name: "fk_restrictions_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_restrictions_people_lifted_by_id",
                        column: x => x.lifted_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_restrictions_people_placed_by_id",
                        column: x => x.placed_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_restrictions_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "restriction_openings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    restriction_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    opened_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    opened_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    until = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_restriction_openings", x => x.id);
                    table.CheckConstraint("ck_restriction_openings_hours", "until > opened_at and until <= opened_at + interval '24 hours'");
                    table.ForeignKey(
                        name: "fk_restriction_openings_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_restriction_openings_people_opened_by_id",
                        column: x => x.opened_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_restriction_openings_people_person_id",
                        column: x => x.person_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_restriction_openings_restrictions_restriction_id",
                        column: x => x.restriction_id,
                        principalTable: "restrictions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_restriction_openings_authority_id_child_id",
                table: "restriction_openings",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_restriction_openings_child_id",
                table: "restriction_openings",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_restriction_openings_opened_by_id",
                table: "restriction_openings",
                column: "opened_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_restriction_openings_person_id",
                table: "restriction_openings",
                column: "person_id");

            migrationBuilder.CreateIndex(
                name: "ix_restriction_openings_restriction_id",
                table: "restriction_openings",
                column: "restriction_id");

            migrationBuilder.CreateIndex(
                name: "ix_restrictions_authority_id_child_id",
                table: "restrictions",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_restrictions_child_id",
                table: "restrictions",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_restrictions_child_id_voice_record_id",
                table: "restrictions",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_restrictions_lifted_by_id",
                table: "restrictions",
                column: "lifted_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_restrictions_placed_by_id",
                table: "restrictions",
                column: "placed_by_id");

            migrationBuilder.Script("Restrictions.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "restriction_openings");

            migrationBuilder.DropTable(
                name: "restrictions");
        }
    }
}
