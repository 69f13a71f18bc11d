using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261130022437_Assignments")]
    public class Assignments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "assignments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    wished_on = table.Column<DateOnly>(type: "date", nullable: true),
                    wish_told_to = table.Column<string>(type: "text", nullable: true),
                    started_on = table.Column<DateOnly>(type: "date", nullable: false),
                    assigned_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    assigned_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ended_on = table.Column<DateOnly>(type: "date", nullable: true),
                    ended_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    end_reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_assignments", x => x.id);
                    table.CheckConstraint("ck_assignments_end", "(ended_on is null) = (ended_by_id is null) and (ended_on is null) = (end_reason is null)");
                    table.CheckConstraint("ck_assignments_wish", "role in ('ReviewingOfficer', 'Advocate') and (role = 'Advocate') = (reason = 'ChildWantsOne') and (role = 'Advocate') = (wished_on is not null) and (role = 'Advocate') = (wish_told_to is not null)");
                    table.ForeignKey(
                        name: "fk_assignments_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_assignments_people_assigned_by_id",
                        column: x => x.assigned_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_assignments_people_ended_by_id",
                        column: x => x.ended_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_assignments_people_person_id",
                        column: x => x.person_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_assignments_assigned_by_id",
                table: "assignments",
                column: "assigned_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_assignments_authority_id_child_id",
                table: "assignments",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_assignments_child_id",
                table: "assignments",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_assignments_ended_by_id",
                table: "assignments",
                column: "ended_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_assignments_person",
                table: "assignments",
                column: "person_id",
                filter: "ended_on is null");

            migrationBuilder.CreateIndex(
                name: "ux_assignments_open",
                table: "assignments",
                columns: new[] { "child_id", "person_id" },
                unique: true,
                filter: "ended_on is null");

            migrationBuilder.Script("Assignments.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations go forward only.");
    }
}
