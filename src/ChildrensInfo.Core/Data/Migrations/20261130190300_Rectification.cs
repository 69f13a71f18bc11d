using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261130190300_Rectification")]
    public class Rectification : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "rectification_requests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: true),
                    requester = table.Column<string>(type: "text", nullable: false),
                    relationship_id = table.Column<Guid>(type: "uuid", nullable: true),
                    received_on = table.Column<DateOnly>(type: "date", nullable: false),
                    logged_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    logged_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    extended_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    answer = table.Column<string>(type: "text", nullable: true),
                    statement_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rectification_requests", x => x.id);
                    table.CheckConstraint("ck_rectification_requests_answer", "(answer is null) = (decided_at is null) and (answer is null) = (decided_by_id is null) and (answer is not distinct from 'StatementBeside') = (statement_id is not null)");
                    table.CheckConstraint("ck_rectification_requests_relation", "(requester = 'Relation') = (relationship_id is not null)");
                    table.ForeignKey(
                        name: "fk_rectification_requests_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_rectification_requests_people_decided_by_id",
                        column: x => x.decided_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_rectification_requests_people_logged_by_id",
                        column: x => x.logged_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_rectification_requests_relationships_child_id_relationship_",
                        columns: x => new { x.child_id, x.relationship_id },
                        principalTable: "relationships",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_rectification_requests_voice_records_child_id_statement_id",
                        columns: x => new { x.child_id, x.statement_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_rectification_requests_voice_records_child_id_voice_record_",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_rectification_requests_authority_id_child_id",
                table: "rectification_requests",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_rectification_requests_child_id",
                table: "rectification_requests",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_rectification_requests_child_id_relationship_id",
                table: "rectification_requests",
                columns: new[] { "child_id", "relationship_id" });

            migrationBuilder.CreateIndex(
                name: "ix_rectification_requests_child_id_statement_id",
                table: "rectification_requests",
                columns: new[] { "child_id", "statement_id" });

            migrationBuilder.CreateIndex(
                name: "ix_rectification_requests_child_id_voice_record_id",
                table: "rectification_requests",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_rectification_requests_decided_by_id",
                table: "rectification_requests",
                column: "decided_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_rectification_requests_logged_by_id",
                table: "rectification_requests",
                column: "logged_by_id");

            migrationBuilder.Script("Rectification.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations go forward only.");
    }
}
