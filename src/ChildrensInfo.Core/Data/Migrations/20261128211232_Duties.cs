using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128211232_Duties")]
    public class Duties : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "destroyed_at",
                table: "voice_records",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "duty_notes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: true),
                    about_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    authority_key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_duty_notes", x => x.id);
                    table.ForeignKey(
                        name: "fk_duty_notes_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_duty_notes_authority_keys_authority_key_id",
                        column: x => x.authority_key_id,
                        principalTable: "authority_keys",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_duty_notes_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_duty_notes_people_by_id",
                        column: x => x.by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "erasure_requests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: true),
                    requester = table.Column<string>(type: "text", nullable: false),
                    received_on = table.Column<DateOnly>(type: "date", nullable: false),
                    logged_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    logged_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    granted = table.Column<bool>(type: "boolean", nullable: true),
                    ground = table.Column<string>(type: "text", nullable: true),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erasure_requests", x => x.id);
                    table.CheckConstraint("ck_erasure_requests_answer", "(granted is null) = (ground is null) and (granted is null) = (decided_at is null) and (granted is null or granted = (ground in ('NoLongerNeeded', 'PermissionTakenBack', 'Objected', 'Unlawful', 'LawSaysErase')))");
                    table.ForeignKey(
                        name: "fk_erasure_requests_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_erasure_requests_people_decided_by_id",
                        column: x => x.decided_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_erasure_requests_people_logged_by_id",
                        column: x => x.logged_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_erasure_requests_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "legal_holds",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: true),
                    cause = table.Column<string>(type: "text", nullable: false),
                    placed_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    placed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    lifted_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    lifted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_legal_holds", x => x.id);
                    table.CheckConstraint("ck_legal_holds_lifted", "(lifted_at is null) = (lifted_by_id is null)");
                    table.ForeignKey(
                        name: "fk_legal_holds_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_legal_holds_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_legal_holds_people_lifted_by_id",
                        column: x => x.lifted_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_legal_holds_people_placed_by_id",
                        column: x => x.placed_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "retention_settings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rule_key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    years = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    set_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    set_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_retention_settings", x => x.id);
                    table.CheckConstraint("ck_retention_settings_years", "years between 1 and 150");
                    table.ForeignKey(
                        name: "fk_retention_settings_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_retention_settings_people_set_by_id",
                        column: x => x.set_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "disposals",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: true),
                    cause = table.Column<string>(type: "text", nullable: false),
                    erasure_request_id = table.Column<Guid>(type: "uuid", nullable: true),
                    rule_key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    kept_until = table.Column<DateOnly>(type: "date", nullable: true),
                    state = table.Column<string>(type: "text", nullable: false),
                    proposed_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    proposed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    records = table.Column<int>(type: "integer", nullable: true),
                    interpretations = table.Column<int>(type: "integer", nullable: true),
                    transcripts = table.Column<int>(type: "integer", nullable: true),
                    files = table.Column<int>(type: "integer", nullable: true),
                    other_texts = table.Column<int>(type: "integer", nullable: true),
                    backups_until = table.Column<DateOnly>(type: "date", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_disposals", x => x.id);
                    table.CheckConstraint("ck_disposals_cause", "(cause = 'Erasure') = (erasure_request_id is not null) and (cause = 'Retention') = (kept_until is not null and rule_key is not null)");
                    table.CheckConstraint("ck_disposals_decided", "(state = 'Proposed') = (decided_at is null) and (decided_at is null) = (decided_by_id is null) and (state = 'Done') = (records is not null and backups_until is not null)");
                    table.CheckConstraint("ck_disposals_second_person", "state <> 'Done' or (decided_by_id is not null and decided_by_id <> proposed_by_id)");
                    table.ForeignKey(
                        name: "fk_disposals_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_disposals_erasure_requests_erasure_request_id",
                        column: x => x.erasure_request_id,
                        principalTable: "erasure_requests",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_disposals_people_decided_by_id",
                        column: x => x.decided_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_disposals_people_proposed_by_id",
                        column: x => x.proposed_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_disposals_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_disposals_authority_id_child_id",
                table: "disposals",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_disposals_child_id_voice_record_id",
                table: "disposals",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_disposals_decided_by_id",
                table: "disposals",
                column: "decided_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_disposals_erasure_request_id",
                table: "disposals",
                column: "erasure_request_id");

            migrationBuilder.CreateIndex(
                name: "ix_disposals_proposed_by_id",
                table: "disposals",
                column: "proposed_by_id");

            migrationBuilder.CreateIndex(
                name: "ux_disposals_proposed",
                table: "disposals",
                column: "child_id",
                unique: true,
                filter: "state = 'Proposed'");

            migrationBuilder.CreateIndex(
                name: "ix_duty_notes_about_id",
                table: "duty_notes",
                column: "about_id");

            migrationBuilder.CreateIndex(
                name: "ix_duty_notes_authority_id_child_id",
                table: "duty_notes",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_duty_notes_authority_key_id",
                table: "duty_notes",
                column: "authority_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_duty_notes_by_id",
                table: "duty_notes",
                column: "by_id");

            migrationBuilder.CreateIndex(
                name: "ix_duty_notes_child_id",
                table: "duty_notes",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_erasure_requests_authority_id_child_id",
                table: "erasure_requests",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_erasure_requests_child_id",
                table: "erasure_requests",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_erasure_requests_child_id_voice_record_id",
                table: "erasure_requests",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_erasure_requests_decided_by_id",
                table: "erasure_requests",
                column: "decided_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_erasure_requests_logged_by_id",
                table: "erasure_requests",
                column: "logged_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_legal_holds_authority_id_child_id",
                table: "legal_holds",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_legal_holds_child_id",
                table: "legal_holds",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_legal_holds_lifted_by_id",
                table: "legal_holds",
                column: "lifted_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_legal_holds_placed_by_id",
                table: "legal_holds",
                column: "placed_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_retention_settings_authority_id",
                table: "retention_settings",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_retention_settings_set_by_id",
                table: "retention_settings",
                column: "set_by_id");

            migrationBuilder.Script("Duties.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "disposals");

            migrationBuilder.DropTable(
                name: "duty_notes");

            migrationBuilder.DropTable(
                name: "legal_holds");

            migrationBuilder.DropTable(
                name: "retention_settings");

            migrationBuilder.DropTable(
                name: "erasure_requests");

            migrationBuilder.DropColumn(
                name: "destroyed_at",
                table: "voice_records");
        }
    }
}
