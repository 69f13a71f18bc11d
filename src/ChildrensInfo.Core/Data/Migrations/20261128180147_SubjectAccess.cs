using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128180147_SubjectAccess")]
    public class SubjectAccess : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_files_child",
                table: "files");

            migrationBuilder.CreateTable(
                name: "access_requests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    requester = table.Column<string>(type: "text", nullable: false),
                    relationship_id = table.Column<Guid>(type: "uuid", nullable: true),
                    received_on = table.Column<DateOnly>(type: "date", nullable: false),
                    identity = table.Column<string>(type: "text", nullable: false),
                    identity_note_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    extended_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    extension_reason_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    harm_found = table.Column<bool>(type: "boolean", nullable: true),
                    harm_note_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    state = table.Column<string>(type: "text", nullable: false),
                    logged_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    logged_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    sent_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    sent_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    released_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    released_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    file_id = table.Column<Guid>(type: "uuid", nullable: true),
                    destroy_on = table.Column<DateOnly>(type: "date", nullable: true),
                    destroyed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_requests", x => x.id);
                    table.CheckConstraint("ck_access_requests_file", "(state = 'Ready') = (file_id is not null) and (state = 'Destroyed') = (destroyed_at is not null) and (file_id is null or destroy_on is not null)");
                    table.CheckConstraint("ck_access_requests_relation", "(requester = 'Relation') = (relationship_id is not null)");
                    table.CheckConstraint("ck_access_requests_released", "(state in ('Building', 'Ready', 'Destroyed')) = (released_by_id is not null) and (released_by_id is null or harm_found is not null)");
                    table.CheckConstraint("ck_access_requests_second_person", "released_by_id is null or (sent_by_id is not null and released_by_id <> sent_by_id)");
                    table.ForeignKey(
                        name: "fk_access_requests_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_access_requests_files_file_id",
                        column: x => x.file_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_access_requests_people_logged_by_id",
                        column: x => x.logged_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_access_requests_people_released_by_id",
                        column: x => x.released_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_access_requests_people_sent_by_id",
                        column: x => x.sent_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_access_requests_relationships_relationship_id",
                        column: x => x.relationship_id,
                        principalTable: "relationships",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "access_choices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_id = table.Column<Guid>(type: "uuid", nullable: false),
                    item = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    let_in = table.Column<bool>(type: "boolean", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_choices", x => x.id);
                    table.CheckConstraint("ck_access_choices_reason", "let_in = (reason in ('TheyAgreed', 'ReasonableWithout', 'Professional'))");
                    table.ForeignKey(
                        name: "fk_access_choices_access_requests_request_id",
                        column: x => x.request_id,
                        principalTable: "access_requests",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_access_choices_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_access_choices_people_by_id",
                        column: x => x.by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.AddCheckConstraint(
                name: "ck_files_child",
                table: "files",
                sql: "(kind in ('VoiceMedia', 'VoicePhoto', 'ConsentEvidence', 'AccessPack')) = (child_id is not null)");

            migrationBuilder.CreateIndex(
                name: "ix_access_choices_authority_id_child_id",
                table: "access_choices",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_access_choices_by_id",
                table: "access_choices",
                column: "by_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_choices_child_id",
                table: "access_choices",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_choices_request_id",
                table: "access_choices",
                column: "request_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_requests_authority_id_child_id",
                table: "access_requests",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_access_requests_child_id",
                table: "access_requests",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_requests_file_id",
                table: "access_requests",
                column: "file_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_requests_logged_by_id",
                table: "access_requests",
                column: "logged_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_requests_relationship_id",
                table: "access_requests",
                column: "relationship_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_requests_released_by_id",
                table: "access_requests",
                column: "released_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_requests_sent_by_id",
                table: "access_requests",
                column: "sent_by_id");

            migrationBuilder.Script("SubjectAccess.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "access_choices");

            migrationBuilder.DropTable(
                name: "access_requests");

            migrationBuilder.DropCheckConstraint(
                name: "ck_files_child",
                table: "files");

            migrationBuilder.AddCheckConstraint(
                name: "ck_files_child",
                table: "files",
                sql: "(kind in ('VoiceMedia', 'VoicePhoto', 'ConsentEvidence')) = (child_id is not null)");
        }
    }
}
