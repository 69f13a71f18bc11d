using System;
using System.Collections.Generic;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128014006_Returns")]
    public class Returns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE returns ALTER COLUMN kind DROP NOT NULL;");

            migrationBuilder.AddColumn<Guid>(
                name: "edition_before_id",
                table: "returns",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "error_count",
                table: "returns",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "query_count",
                table: "returns",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "adoption_plans",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    decided_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    ceased_on = table.Column<DateOnly>(type: "date", nullable: true),
                    reason_ceased = table.Column<string>(type: "text", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_adoption_plans", x => x.id);
                    table.ForeignKey(
                        name: "fk_adoption_plans_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_adoption_plans_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "care_adoptions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    year = table.Column<int>(type: "integer", nullable: false),
                    decided_on = table.Column<DateOnly>(type: "date", nullable: true),
                    matched_on = table.Column<DateOnly>(type: "date", nullable: true),
                    by_foster_carer = table.Column<bool>(type: "boolean", nullable: true),
                    adopters = table.Column<int>(type: "integer", nullable: true),
                    adopters_sex = table.Column<string>(type: "text", nullable: true),
                    adopters_legal_status = table.Column<string>(type: "text", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_care_adoptions", x => x.id);
                    table.ForeignKey(
                        name: "fk_care_adoptions_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_care_adoptions_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "care_details",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    is_mother = table.Column<bool>(type: "boolean", nullable: true),
                    mother_since_on = table.Column<DateOnly>(type: "date", nullable: true),
                    is_uasc = table.Column<bool>(type: "boolean", nullable: true),
                    uasc_ceased_on = table.Column<DateOnly>(type: "date", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_care_details", x => x.id);
                    table.ForeignKey(
                        name: "fk_care_details_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_care_details_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "care_episodes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    reason_started = table.Column<string>(type: "text", nullable: true),
                    legal_status = table.Column<string>(type: "text", nullable: true),
                    need_code = table.Column<string>(type: "text", nullable: true),
                    placement = table.Column<string>(type: "text", nullable: true),
                    placement_provider = table.Column<string>(type: "text", nullable: true),
                    ended_on = table.Column<DateOnly>(type: "date", nullable: true),
                    reason_ended = table.Column<string>(type: "text", nullable: true),
                    reason_placement_changed = table.Column<string>(type: "text", nullable: true),
                    home_postcode = table.Column<string>(type: "text", nullable: true),
                    placement_postcode = table.Column<string>(type: "text", nullable: true),
                    provider_urn = table.Column<string>(type: "text", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_care_episodes", x => x.id);
                    table.ForeignKey(
                        name: "fk_care_episodes_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_care_episodes_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "care_leavers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    year = table.Column<int>(type: "integer", nullable: false),
                    in_touch = table.Column<string>(type: "text", nullable: true),
                    activity = table.Column<string>(type: "text", nullable: true),
                    accommodation = table.Column<string>(type: "text", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_care_leavers", x => x.id);
                    table.ForeignKey(
                        name: "fk_care_leavers_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_care_leavers_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "care_outcomes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    year = table.Column<int>(type: "integer", nullable: false),
                    sdq_score = table.Column<int>(type: "integer", nullable: true),
                    sdq_reason = table.Column<string>(type: "text", nullable: true),
                    convicted = table.Column<bool>(type: "boolean", nullable: true),
                    health_checked = table.Column<bool>(type: "boolean", nullable: true),
                    immunised = table.Column<bool>(type: "boolean", nullable: true),
                    teeth_checked = table.Column<bool>(type: "boolean", nullable: true),
                    health_assessed = table.Column<bool>(type: "boolean", nullable: true),
                    substance_misuse = table.Column<bool>(type: "boolean", nullable: true),
                    intervention_received = table.Column<bool>(type: "boolean", nullable: true),
                    intervention_offered = table.Column<bool>(type: "boolean", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_care_outcomes", x => x.id);
                    table.CheckConstraint("ck_care_outcomes_sdq", "sdq_score between 0 and 40");
                    table.ForeignKey(
                        name: "fk_care_outcomes_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_care_outcomes_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "care_reviews",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    reviewed_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    participation_code = table.Column<string>(type: "text", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_care_reviews", x => x.id);
                    table.ForeignKey(
                        name: "fk_care_reviews_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_care_reviews_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "care_workers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    worker_id = table.Column<string>(type: "text", nullable: true),
                    ended_on = table.Column<DateOnly>(type: "date", nullable: true),
                    reason_started = table.Column<string>(type: "text", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_care_workers", x => x.id);
                    table.ForeignKey(
                        name: "fk_care_workers_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_care_workers_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "code_mappings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    field = table.Column<string>(type: "text", nullable: false),
                    local_code = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    mapped_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    mapped_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_code_mappings", x => x.id);
                    table.ForeignKey(
                        name: "fk_code_mappings_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_code_mappings_people_mapped_by_id",
                        column: x => x.mapped_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "missing_episodes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: true),
                    ended_on = table.Column<DateOnly>(type: "date", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_missing_episodes", x => x.id);
                    table.ForeignKey(
                        name: "fk_missing_episodes_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_missing_episodes_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "pre_proceedings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    episode_id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_on = table.Column<DateOnly>(type: "date", nullable: true),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    letter_sent_on = table.Column<DateOnly>(type: "date", nullable: true),
                    family_meeting_offered = table.Column<bool>(type: "boolean", nullable: true),
                    family_meeting_held = table.Column<bool>(type: "boolean", nullable: true),
                    first_meeting_on = table.Column<DateOnly>(type: "date", nullable: true),
                    review_meetings = table.Column<int>(type: "integer", nullable: true),
                    decided_on = table.Column<DateOnly>(type: "date", nullable: true),
                    outcome = table.Column<string>(type: "text", nullable: true),
                    court_applied_on = table.Column<DateOnly>(type: "date", nullable: true),
                    court_letter_sent_on = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pre_proceedings", x => x.id);
                    table.ForeignKey(
                        name: "fk_pre_proceedings_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_pre_proceedings_need_episodes_episode_id",
                        column: x => x.episode_id,
                        principalTable: "need_episodes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "previous_permanences",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordered_on = table.Column<string>(type: "text", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: true),
                    authority = table.Column<string>(type: "text", nullable: true),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_previous_permanences", x => x.id);
                    table.ForeignKey(
                        name: "fk_previous_permanences_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_previous_permanences_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "return_absences",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false),
                    table_name = table.Column<string>(type: "text", nullable: false),
                    record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_on = table.Column<DateOnly>(type: "date", nullable: true),
                    state = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_return_absences", x => x.id);
                    table.ForeignKey(
                        name: "fk_return_absences_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_return_absences_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "return_changes",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false),
                    table_name = table.Column<string>(type: "text", nullable: false),
                    record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    before = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_return_changes", x => x.id);
                    table.ForeignKey(
                        name: "fk_return_changes_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "return_rule_results",
                columns: table => new
                {
                    return_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    severity = table.Column<string>(type: "text", nullable: false),
                    module = table.Column<string>(type: "text", nullable: false),
                    fields = table.Column<List<string>>(type: "text[]", nullable: false),
                    message = table.Column<string>(type: "text", nullable: false),
                    finding_count = table.Column<int>(type: "integer", nullable: false),
                    not_checked_because = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_return_rule_results", x => new { x.return_id, x.ordinal });
                    table.ForeignKey(
                        name: "fk_return_rule_results_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "safeguarding_rows",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: true),
                    table_name = table.Column<string>(type: "text", nullable: false),
                    row_key = table.Column<string>(type: "text", nullable: false),
                    content = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_safeguarding_rows", x => x.id);
                    table.ForeignKey(
                        name: "fk_safeguarding_rows_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_safeguarding_rows_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "return_findings",
                columns: table => new
                {
                    return_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rule_ordinal = table.Column<int>(type: "integer", nullable: false),
                    la_child_id = table.Column<string>(type: "text", nullable: true),
                    value = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_return_findings", x => new { x.return_id, x.ordinal });
                    table.ForeignKey(
                        name: "fk_return_findings_return_rule_results_return_id_rule_ordinal",
                        columns: x => new { x.return_id, x.rule_ordinal },
                        principalTable: "return_rule_results",
                        principalColumns: new[] { "return_id", "ordinal" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_adoption_plans_authority_id_child_id",
                table: "adoption_plans",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_adoption_plans_child_id",
                table: "adoption_plans",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_adoption_plans_child_id_decided_on_ordinal",
                table: "adoption_plans",
                columns: new[] { "child_id", "decided_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_adoption_plans_return_id",
                table: "adoption_plans",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_adoptions_authority_id_child_id",
                table: "care_adoptions",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_care_adoptions_authority_id_year",
                table: "care_adoptions",
                columns: new[] { "authority_id", "year" });

            migrationBuilder.CreateIndex(
                name: "ix_care_adoptions_child_id",
                table: "care_adoptions",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_adoptions_child_id_year",
                table: "care_adoptions",
                columns: new[] { "child_id", "year" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_care_adoptions_return_id",
                table: "care_adoptions",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_details_authority_id_child_id",
                table: "care_details",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_care_details_child_id",
                table: "care_details",
                column: "child_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_care_details_return_id",
                table: "care_details",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_episodes_authority_id_child_id",
                table: "care_episodes",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_care_episodes_authority_id_started_on_ended_on",
                table: "care_episodes",
                columns: new[] { "authority_id", "started_on", "ended_on" });

            migrationBuilder.CreateIndex(
                name: "ix_care_episodes_child_id",
                table: "care_episodes",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_episodes_child_id_started_on_ordinal",
                table: "care_episodes",
                columns: new[] { "child_id", "started_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_care_episodes_return_id",
                table: "care_episodes",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_leavers_authority_id_child_id",
                table: "care_leavers",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_care_leavers_authority_id_year",
                table: "care_leavers",
                columns: new[] { "authority_id", "year" });

            migrationBuilder.CreateIndex(
                name: "ix_care_leavers_child_id",
                table: "care_leavers",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_leavers_child_id_year",
                table: "care_leavers",
                columns: new[] { "child_id", "year" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_care_leavers_return_id",
                table: "care_leavers",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_outcomes_authority_id_child_id",
                table: "care_outcomes",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_care_outcomes_authority_id_year",
                table: "care_outcomes",
                columns: new[] { "authority_id", "year" });

            migrationBuilder.CreateIndex(
                name: "ix_care_outcomes_child_id",
                table: "care_outcomes",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_outcomes_child_id_year",
                table: "care_outcomes",
                columns: new[] { "child_id", "year" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_care_outcomes_return_id",
                table: "care_outcomes",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_reviews_authority_id_child_id",
                table: "care_reviews",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_care_reviews_authority_id_reviewed_on",
                table: "care_reviews",
                columns: new[] { "authority_id", "reviewed_on" });

            migrationBuilder.CreateIndex(
                name: "ix_care_reviews_child_id",
                table: "care_reviews",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_reviews_child_id_reviewed_on_ordinal",
                table: "care_reviews",
                columns: new[] { "child_id", "reviewed_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_care_reviews_return_id",
                table: "care_reviews",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_workers_authority_id_child_id",
                table: "care_workers",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_care_workers_child_id",
                table: "care_workers",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_care_workers_child_id_started_on_ordinal",
                table: "care_workers",
                columns: new[] { "child_id", "started_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_care_workers_return_id",
                table: "care_workers",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_code_mappings_authority_id_field_local_code",
                table: "code_mappings",
                columns: new[] { "authority_id", "field", "local_code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_code_mappings_mapped_by_id",
                table: "code_mappings",
                column: "mapped_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_missing_episodes_authority_id_child_id",
                table: "missing_episodes",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_missing_episodes_authority_id_started_on",
                table: "missing_episodes",
                columns: new[] { "authority_id", "started_on" });

            migrationBuilder.CreateIndex(
                name: "ix_missing_episodes_child_id",
                table: "missing_episodes",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_missing_episodes_child_id_started_on_ordinal",
                table: "missing_episodes",
                columns: new[] { "child_id", "started_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_missing_episodes_return_id",
                table: "missing_episodes",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_pre_proceedings_authority_id_child_id",
                table: "pre_proceedings",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_pre_proceedings_child_id",
                table: "pre_proceedings",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_pre_proceedings_episode_id_started_on_ordinal",
                table: "pre_proceedings",
                columns: new[] { "episode_id", "started_on", "ordinal" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_previous_permanences_authority_id_child_id",
                table: "previous_permanences",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_previous_permanences_child_id",
                table: "previous_permanences",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_previous_permanences_child_id_ordered_on_ordinal",
                table: "previous_permanences",
                columns: new[] { "child_id", "ordered_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_previous_permanences_return_id",
                table: "previous_permanences",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_return_absences_authority_id_child_id",
                table: "return_absences",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_return_absences_child_id",
                table: "return_absences",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_return_absences_record_id",
                table: "return_absences",
                column: "record_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_return_absences_return_id",
                table: "return_absences",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_return_changes_return_id_table_name",
                table: "return_changes",
                columns: new[] { "return_id", "table_name" });

            migrationBuilder.CreateIndex(
                name: "ix_return_findings_return_id_rule_ordinal",
                table: "return_findings",
                columns: new[] { "return_id", "rule_ordinal" });

            migrationBuilder.CreateIndex(
                name: "ix_safeguarding_rows_authority_id_child_id",
                table: "safeguarding_rows",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_safeguarding_rows_authority_id_table_name_row_key",
                table: "safeguarding_rows",
                columns: new[] { "authority_id", "table_name", "row_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_safeguarding_rows_child_id",
                table: "safeguarding_rows",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_safeguarding_rows_return_id",
                table: "safeguarding_rows",
                column: "return_id");

            migrationBuilder.Script("Returns.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("drop function note_return_change() cascade; drop function remove_children_of_return(uuid);");

            migrationBuilder.DropTable(
                name: "adoption_plans");

            migrationBuilder.DropTable(
                name: "care_adoptions");

            migrationBuilder.DropTable(
                name: "care_details");

            migrationBuilder.DropTable(
                name: "care_episodes");

            migrationBuilder.DropTable(
                name: "care_leavers");

            migrationBuilder.DropTable(
                name: "care_outcomes");

            migrationBuilder.DropTable(
                name: "care_reviews");

            migrationBuilder.DropTable(
                name: "care_workers");

            migrationBuilder.DropTable(
                name: "code_mappings");

            migrationBuilder.DropTable(
                name: "missing_episodes");

            migrationBuilder.DropTable(
                name: "pre_proceedings");

            migrationBuilder.DropTable(
                name: "previous_permanences");

            migrationBuilder.DropTable(
                name: "return_absences");

            migrationBuilder.DropTable(
                name: "return_changes");

            migrationBuilder.DropTable(
                name: "return_findings");

            migrationBuilder.DropTable(
                name: "safeguarding_rows");

            migrationBuilder.DropTable(
                name: "return_rule_results");

            migrationBuilder.DropColumn(
                name: "edition_before_id",
                table: "returns");

            migrationBuilder.DropColumn(
                name: "error_count",
                table: "returns");

            migrationBuilder.DropColumn(
                name: "query_count",
                table: "returns");

            migrationBuilder.AlterColumn<string>(
                name: "kind",
                table: "returns",
                type: "text",
                nullable: false,
                defaultValue: "",
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);
        }
    }
}
