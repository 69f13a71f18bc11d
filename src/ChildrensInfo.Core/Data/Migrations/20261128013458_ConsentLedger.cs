using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128013458_ConsentLedger")]
    public class ConsentLedger : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_consent_events_competence_assessments_competence_assessment",
                table: "consent_events");

            migrationBuilder.DropIndex(
                name: "ix_consent_events_competence_assessment_id",
                table: "consent_events");

            migrationBuilder.AddColumn<bool>(
                name: "material_change",
                table: "wordings",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<Guid>(
                name: "no_contact_set_by_id",
                table: "relationships",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "no_contact_since",
                table: "relationships",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "asked_by_id",
                table: "consent_events",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "child_position_reason_sealed",
                table: "consent_events",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "clock_skew_ms",
                table: "consent_events",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "clock_source",
                table: "consent_events",
                type: "text",
                nullable: false,
                defaultValue: "Server");

            migrationBuilder.AddColumn<Guid>(
                name: "device_id",
                table: "consent_events",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "device_offset_minutes",
                table: "consent_events",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "device_time",
                table: "consent_events",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "evidence_file_id",
                table: "consent_events",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "evidence_hash",
                table: "consent_events",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<string[]>(
                name: "expires_when",
                table: "consent_events",
                type: "text[]",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<string>(
                name: "grade",
                table: "consent_events",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "interpreter_present",
                table: "consent_events",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "language_used",
                table: "consent_events",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "present_sealed",
                table: "consent_events",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "raised_by_child",
                table: "consent_events",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<byte[]>(
                name: "reason_sealed",
                table: "consent_events",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "supersedes_event_id",
                table: "consent_events",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "valid_from",
                table: "consent_events",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "wants",
                table: "consent_events",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "assessed_at",
                table: "competence_assessments",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified));

            migrationBuilder.AddColumn<string>(
                name: "can_say_no",
                table: "competence_assessments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "child_words_sealed",
                table: "competence_assessments",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "free_from_pressure",
                table: "competence_assessments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateOnly>(
                name: "review_on",
                table: "competence_assessments",
                type: "date",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "second_opinion_sealed",
                table: "competence_assessments",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "support_sealed",
                table: "competence_assessments",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "what_for",
                table: "competence_assessments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "what_it_is",
                table: "competence_assessments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "what_may_happen",
                table: "competence_assessments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "who_will_see",
                table: "competence_assessments",
                type: "text",
                nullable: true);

            migrationBuilder.AddUniqueConstraint(
                name: "ak_consent_events_child_id_id",
                table: "consent_events",
                columns: new[] { "child_id", "id" });

            migrationBuilder.AddUniqueConstraint(
                name: "ak_competence_assessments_child_id_id",
                table: "competence_assessments",
                columns: new[] { "child_id", "id" });

            migrationBuilder.CreateTable(
                name: "consent_orders",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    first_event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    last_event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    reason_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    resolved_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    resolved_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_consent_orders", x => x.id);
                    table.CheckConstraint("ck_consent_orders_two", "first_event_id <> last_event_id");
                    table.ForeignKey(
                        name: "fk_consent_orders_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_consent_orders_consent_events_child_id_first_event_id",
                        columns: x => new { x.child_id, x.first_event_id },
                        principalTable: "consent_events",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_consent_orders_consent_events_child_id_last_event_id",
                        columns: x => new { x.child_id, x.last_event_id },
                        principalTable: "consent_events",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "consent_receipts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    form = table.Column<string>(type: "text", nullable: false),
                    issued_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    issued_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_consent_receipts", x => x.id);
                    table.ForeignKey(
                        name: "fk_consent_receipts_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_consent_receipts_consent_events_child_id_event_id",
                        columns: x => new { x.child_id, x.event_id },
                        principalTable: "consent_events",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "consent_uses",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    scope_id = table.Column<Guid>(type: "uuid", nullable: true),
                    surface = table.Column<string>(type: "text", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    used_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    used_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_consent_uses", x => x.id);
                    table.ForeignKey(
                        name: "fk_consent_uses_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_consent_uses_consent_events_child_id_event_id",
                        columns: x => new { x.child_id, x.event_id },
                        principalTable: "consent_events",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "delegated_authorities",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    relationship_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purposes = table.Column<string[]>(type: "text[]", nullable: false),
                    from_on = table.Column<DateOnly>(type: "date", nullable: true),
                    to_on = table.Column<DateOnly>(type: "date", nullable: true),
                    evidence = table.Column<string>(type: "text", nullable: false),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    end_recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    end_recorded_by_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delegated_authorities", x => x.id);
                    table.CheckConstraint("ck_delegated_authorities_days", "to_on >= from_on");
                    table.ForeignKey(
                        name: "fk_delegated_authorities_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_delegated_authorities_relationships_child_id_relationship_id",
                        columns: x => new { x.child_id, x.relationship_id },
                        principalTable: "relationships",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "disclosure_decisions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_ids = table.Column<List<Guid>>(type: "uuid[]", nullable: false),
                    what_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    to_whom_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    why_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    basis = table.Column<string>(type: "text", nullable: false),
                    child_informed = table.Column<string>(type: "text", nullable: false),
                    not_informed_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    review_on = table.Column<DateOnly>(type: "date", nullable: false),
                    proposed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    proposed_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    decision_reason_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_disclosure_decisions", x => x.id);
                    table.CheckConstraint("ck_disclosure_decisions_not_informed", "child_informed <> 'NotSafe' or not_informed_sealed is not null");
                    table.CheckConstraint("ck_disclosure_decisions_two_people", "(state = 'Proposed') = (decided_by_id is null) and (decided_by_id is null or decided_by_id <> proposed_by_id)");
                    table.ForeignKey(
                        name: "fk_disclosure_decisions_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_disclosure_decisions_people_decided_by_id",
                        column: x => x.decided_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_disclosure_decisions_people_proposed_by_id",
                        column: x => x.proposed_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "legal_statuses",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    from_on = table.Column<DateOnly>(type: "date", nullable: true),
                    to_on = table.Column<DateOnly>(type: "date", nullable: true),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    end_recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    end_recorded_by_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_legal_statuses", x => x.id);
                    table.CheckConstraint("ck_legal_statuses_days", "to_on >= from_on");
                    table.ForeignKey(
                        name: "fk_legal_statuses_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "media_erasures",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    erased_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    erased_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    backups_until = table.Column<DateOnly>(type: "date", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_media_erasures", x => x.id);
                    table.ForeignKey(
                        name: "fk_media_erasures_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_media_erasures_consent_events_child_id_event_id",
                        columns: x => new { x.child_id, x.event_id },
                        principalTable: "consent_events",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_media_erasures_files_file_id",
                        column: x => x.file_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_media_erasures_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "parental_responsibilities",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    relationship_id = table.Column<Guid>(type: "uuid", nullable: false),
                    from_on = table.Column<DateOnly>(type: "date", nullable: true),
                    to_on = table.Column<DateOnly>(type: "date", nullable: true),
                    evidence = table.Column<string>(type: "text", nullable: false),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    end_recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    end_recorded_by_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_parental_responsibilities", x => x.id);
                    table.CheckConstraint("ck_parental_responsibilities_days", "to_on >= from_on");
                    table.ForeignKey(
                        name: "fk_parental_responsibilities_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_parental_responsibilities_relationships_child_id_relationsh",
                        columns: x => new { x.child_id, x.relationship_id },
                        principalTable: "relationships",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "withdrawal_outcomes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wants = table.Column<string>(type: "text", nullable: false),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_withdrawal_outcomes", x => x.id);
                    table.ForeignKey(
                        name: "fk_withdrawal_outcomes_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_withdrawal_outcomes_consent_events_child_id_event_id",
                        columns: x => new { x.child_id, x.event_id },
                        principalTable: "consent_events",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_child_id_competence_assessment_id",
                table: "consent_events",
                columns: new[] { "child_id", "competence_assessment_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_child_id_corrects_event_id",
                table: "consent_events",
                columns: new[] { "child_id", "corrects_event_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_child_id_supersedes_event_id",
                table: "consent_events",
                columns: new[] { "child_id", "supersedes_event_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_evidence_file_id",
                table: "consent_events",
                column: "evidence_file_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_consent_events_by_somebody",
                table: "consent_events",
                sql: "type not in ('Given', 'Renewed') or decided_by <> 'SomebodyElse'");

            migrationBuilder.AddCheckConstraint(
                name: "ck_consent_events_in_error",
                table: "consent_events",
                sql: "(type = 'EnteredInError') = (corrects_event_id is not null)");

            migrationBuilder.AddCheckConstraint(
                name: "ck_consent_events_not_inferred",
                table: "consent_events",
                sql: "type not in ('Given', 'Renewed') or method <> 'Inferred'");

            migrationBuilder.AddCheckConstraint(
                name: "ck_consent_events_scope",
                table: "consent_events",
                sql: "(scope = 'Purpose') = (scope_id is null)");

            migrationBuilder.AddCheckConstraint(
                name: "ck_consent_events_wants",
                table: "consent_events",
                sql: "wants is null or type in ('Withdrawn', 'Refused', 'Objected')");

            migrationBuilder.CreateIndex(
                name: "ix_consent_orders_authority_id_child_id",
                table: "consent_orders",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_orders_child_id",
                table: "consent_orders",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_consent_orders_child_id_first_event_id",
                table: "consent_orders",
                columns: new[] { "child_id", "first_event_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_orders_child_id_last_event_id",
                table: "consent_orders",
                columns: new[] { "child_id", "last_event_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_receipts_authority_id_child_id",
                table: "consent_receipts",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_receipts_child_id",
                table: "consent_receipts",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_consent_receipts_child_id_event_id",
                table: "consent_receipts",
                columns: new[] { "child_id", "event_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_uses_authority_id_child_id",
                table: "consent_uses",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_uses_authority_id_used_at",
                table: "consent_uses",
                columns: new[] { "authority_id", "used_at" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_uses_child_id",
                table: "consent_uses",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_consent_uses_child_id_event_id",
                table: "consent_uses",
                columns: new[] { "child_id", "event_id" });

            migrationBuilder.CreateIndex(
                name: "ix_delegated_authorities_authority_id_child_id",
                table: "delegated_authorities",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_delegated_authorities_child_id",
                table: "delegated_authorities",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_delegated_authorities_child_id_relationship_id",
                table: "delegated_authorities",
                columns: new[] { "child_id", "relationship_id" });

            migrationBuilder.CreateIndex(
                name: "ix_disclosure_decisions_authority_id_child_id",
                table: "disclosure_decisions",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_disclosure_decisions_child_id",
                table: "disclosure_decisions",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_disclosure_decisions_decided_by_id",
                table: "disclosure_decisions",
                column: "decided_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_disclosure_decisions_proposed_by_id",
                table: "disclosure_decisions",
                column: "proposed_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_legal_statuses_authority_id_child_id",
                table: "legal_statuses",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_legal_statuses_child_id",
                table: "legal_statuses",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_media_erasures_authority_id_child_id",
                table: "media_erasures",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_media_erasures_child_id",
                table: "media_erasures",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_media_erasures_child_id_event_id",
                table: "media_erasures",
                columns: new[] { "child_id", "event_id" });

            migrationBuilder.CreateIndex(
                name: "ix_media_erasures_child_id_voice_record_id",
                table: "media_erasures",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_media_erasures_file_id",
                table: "media_erasures",
                column: "file_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_parental_responsibilities_authority_id_child_id",
                table: "parental_responsibilities",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_parental_responsibilities_child_id",
                table: "parental_responsibilities",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_parental_responsibilities_child_id_relationship_id",
                table: "parental_responsibilities",
                columns: new[] { "child_id", "relationship_id" });

            migrationBuilder.CreateIndex(
                name: "ix_withdrawal_outcomes_authority_id_child_id",
                table: "withdrawal_outcomes",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_withdrawal_outcomes_child_id",
                table: "withdrawal_outcomes",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_withdrawal_outcomes_child_id_event_id",
                table: "withdrawal_outcomes",
                columns: new[] { "child_id", "event_id" });

            migrationBuilder.AddForeignKey(
                name: "fk_consent_events_competence_assessments_child_id_competence_a",
                table: "consent_events",
                columns: new[] { "child_id", "competence_assessment_id" },
                principalTable: "competence_assessments",
                principalColumns: new[] { "child_id", "id" },
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_consent_events_consent_events_child_id_corrects_event_id",
                table: "consent_events",
                columns: new[] { "child_id", "corrects_event_id" },
                principalTable: "consent_events",
                principalColumns: new[] { "child_id", "id" },
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_consent_events_consent_events_child_id_supersedes_event_id",
                table: "consent_events",
                columns: new[] { "child_id", "supersedes_event_id" },
                principalTable: "consent_events",
                principalColumns: new[] { "child_id", "id" },
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_consent_events_files_evidence_file_id",
                table: "consent_events",
                column: "evidence_file_id",
                principalTable: "files",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            // Whoever held parental responsibility holds it still, since before anybody asked since when.
            migrationBuilder.Sql("""
                insert into parental_responsibilities (id, authority_id, child_id, relationship_id, evidence, recorded_at)
                select gen_random_uuid(), authority_id, child_id, id, 'ToldOnly', now() from relationships where holds_parental_responsibility;
                update competence_assessments a set assessed_at = coalesce(
                    (select min(e.occurred_at) from consent_events e where e.competence_assessment_id = a.id), a.assessed_on::timestamp at time zone 'Europe/London');
                """);

            migrationBuilder.DropColumn(
                name: "holds_parental_responsibility",
                table: "relationships");

            migrationBuilder.Script("ConsentLedger.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new System.NotSupportedException("Migrations go forward only.");
        }
    }
}
