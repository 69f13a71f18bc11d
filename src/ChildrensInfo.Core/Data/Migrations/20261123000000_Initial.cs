using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261123000000_Initial")]
    public class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: true),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: true),
                    actor_role = table.Column<string>(type: "text", nullable: true),
                    action = table.Column<string>(type: "text", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: true),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: true),
                    detail = table.Column<string>(type: "text", nullable: true),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "authorities",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    code = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    welsh_name = table.Column<string>(type: "text", nullable: true),
                    nation = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_authorities", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "jobs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    done = table.Column<int>(type: "integer", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: true),
                    message = table.Column<string>(type: "text", nullable: true),
                    requested_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    cancel_asked = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_jobs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "wordings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    language = table.Column<string>(type: "text", nullable: false),
                    format = table.Column<string>(type: "text", nullable: false),
                    age_band = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    body_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    effective_from = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wordings", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "authority_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    provider_key_id = table.Column<string>(type: "text", nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_authority_keys", x => x.id);
                    table.ForeignKey(
                        name: "fk_authority_keys_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "children",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    la_child_id = table.Column<string>(type: "text", nullable: false),
                    given_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    family_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    known_as = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    born_on = table.Column<DateOnly>(type: "date", nullable: true),
                    expected_birth_on = table.Column<DateOnly>(type: "date", nullable: true),
                    died_on = table.Column<DateOnly>(type: "date", nullable: true),
                    sex = table.Column<string>(type: "text", nullable: true),
                    ethnicity_code = table.Column<string>(type: "text", nullable: true),
                    disability_codes = table.Column<List<string>>(type: "text[]", nullable: false),
                    upn = table.Column<string>(type: "text", nullable: true),
                    preferred_language = table.Column<string>(type: "text", nullable: false),
                    communication_needs = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_children", x => x.id);
                    table.UniqueConstraint("ak_children_authority_id_id", x => new { x.authority_id, x.id });
                    table.ForeignKey(
                        name: "fk_children_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "teams",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_teams", x => x.id);
                    table.ForeignKey(
                        name: "fk_teams_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "tools",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: true),
                    key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    retired_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tools", x => x.id);
                    table.ForeignKey(
                        name: "fk_tools_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "child_keys",
                columns: table => new
                {
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_child_keys", x => x.child_id);
                    table.ForeignKey(
                        name: "fk_child_keys_authority_keys_authority_key_id",
                        column: x => x.authority_key_id,
                        principalTable: "authority_keys",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_child_keys_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "competence_assessments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    assessed_on = table.Column<DateOnly>(type: "date", nullable: false),
                    assessor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    rationale_sealed = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_competence_assessments", x => x.id);
                    table.ForeignKey(
                        name: "fk_competence_assessments_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "files",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: true),
                    kind = table.Column<string>(type: "text", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    content_type = table.Column<string>(type: "text", nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    authority_key_id = table.Column<Guid>(type: "uuid", nullable: true),
                    length = table.Column<long>(type: "bigint", nullable: false),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    completed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_files", x => x.id);
                    table.CheckConstraint("ck_files_child", "(kind in ('VoiceMedia', 'VoicePhoto')) = (child_id is not null)");
                    table.ForeignKey(
                        name: "fk_files_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_files_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "participation_activities",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: true),
                    layer = table.Column<string>(type: "text", nullable: false),
                    planned_for = table.Column<DateOnly>(type: "date", nullable: false),
                    authority_key_id = table.Column<Guid>(type: "uuid", nullable: true),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    planned_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    planned_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_participation_activities", x => x.id);
                    table.CheckConstraint("ck_participation_activities_key", "(child_id is null) = (authority_key_id is not null)");
                    table.ForeignKey(
                        name: "fk_participation_activities_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_participation_activities_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "relationships",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    holds_parental_responsibility = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_relationships", x => x.id);
                    table.UniqueConstraint("ak_relationships_child_id_id", x => new { x.child_id, x.id });
                    table.ForeignKey(
                        name: "fk_relationships_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "voice_sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    practitioner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    occurred_on = table.Column<DateOnly>(type: "date", nullable: false),
                    place = table.Column<string>(type: "text", nullable: false),
                    seen_alone = table.Column<string>(type: "text", nullable: false),
                    present_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    offered = table.Column<string[]>(type: "text[]", nullable: false),
                    device_held_by = table.Column<string>(type: "text", nullable: true),
                    spoke_freely = table.Column<string>(type: "text", nullable: true),
                    told_how = table.Column<string>(type: "text", nullable: true),
                    understanding = table.Column<string>(type: "text", nullable: true),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_voice_sessions", x => x.id);
                    table.UniqueConstraint("ak_voice_sessions_child_id_id", x => new { x.child_id, x.id });
                    table.ForeignKey(
                        name: "fk_voice_sessions_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "people",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    team_id = table.Column<Guid>(type: "uuid", nullable: true),
                    display_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    pin_hash = table.Column<string>(type: "text", nullable: true),
                    left_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    normalized_user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    email = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    normalized_email = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    email_confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    password_hash = table.Column<string>(type: "text", nullable: true),
                    security_stamp = table.Column<string>(type: "text", nullable: true),
                    concurrency_stamp = table.Column<string>(type: "text", nullable: true),
                    phone_number = table.Column<string>(type: "text", nullable: true),
                    phone_number_confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    two_factor_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    lockout_end = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lockout_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    access_failed_count = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_people", x => x.id);
                    table.ForeignKey(
                        name: "fk_people_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_people_teams_team_id",
                        column: x => x.team_id,
                        principalTable: "teams",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "tool_versions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    tool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: true),
                    number = table.Column<int>(type: "integer", nullable: false),
                    language = table.Column<string>(type: "character varying(35)", maxLength: 35, nullable: false),
                    title = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    age_from = table.Column<int>(type: "integer", nullable: false),
                    age_to = table.Column<int>(type: "integer", nullable: false),
                    definition_json = table.Column<string>(type: "jsonb", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tool_versions", x => x.id);
                    table.ForeignKey(
                        name: "fk_tool_versions_tools_tool_id",
                        column: x => x.tool_id,
                        principalTable: "tools",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "file_pieces",
                columns: table => new
                {
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    index = table.Column<int>(type: "integer", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: true),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_pieces", x => new { x.file_id, x.index });
                    table.ForeignKey(
                        name: "fk_file_pieces_files_file_id",
                        column: x => x.file_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "returns",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    uploaded_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    uploaded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    refused_because = table.Column<string>(type: "text", nullable: true),
                    year = table.Column<int>(type: "integer", nullable: true),
                    reference_on = table.Column<DateOnly>(type: "date", nullable: true),
                    children_read = table.Column<int>(type: "integer", nullable: false),
                    children_added = table.Column<int>(type: "integer", nullable: false),
                    children_changed = table.Column<int>(type: "integer", nullable: false),
                    episodes_read = table.Column<int>(type: "integer", nullable: false),
                    episodes_added = table.Column<int>(type: "integer", nullable: false),
                    episodes_changed = table.Column<int>(type: "integer", nullable: false),
                    rejection_count = table.Column<int>(type: "integer", nullable: false),
                    warnings = table.Column<List<string>>(type: "text[]", nullable: false),
                    finished_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_returns", x => x.id);
                    table.ForeignKey(
                        name: "fk_returns_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_returns_files_file_id",
                        column: x => x.file_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "participation_steps",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: true),
                    activity_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    degree = table.Column<string>(type: "text", nullable: true),
                    feedback_due_on = table.Column<DateOnly>(type: "date", nullable: true),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: true),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_participation_steps", x => x.id);
                    table.ForeignKey(
                        name: "fk_participation_steps_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_participation_steps_participation_activities_activity_id",
                        column: x => x.activity_id,
                        principalTable: "participation_activities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "asks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    speaker = table.Column<string>(type: "text", nullable: false),
                    speaker_relationship_id = table.Column<Guid>(type: "uuid", nullable: true),
                    wanted = table.Column<string>(type: "text", nullable: false),
                    about = table.Column<string>(type: "text", nullable: false),
                    words_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    words_are_quoted = table.Column<bool>(type: "boolean", nullable: false),
                    language = table.Column<string>(type: "character varying(35)", maxLength: 35, nullable: false),
                    thing_kind = table.Column<string>(type: "text", nullable: true),
                    thing_id = table.Column<Guid>(type: "uuid", nullable: true),
                    thing_key = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    elsewhere_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    is_rights_request = table.Column<bool>(type: "boolean", nullable: false),
                    said_on = table.Column<DateOnly>(type: "date", nullable: false),
                    raised_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    raised_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_asks", x => x.id);
                    table.UniqueConstraint("ak_asks_child_id_id", x => new { x.child_id, x.id });
                    table.ForeignKey(
                        name: "fk_asks_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_asks_relationships_child_id_speaker_relationship_id",
                        columns: x => new { x.child_id, x.speaker_relationship_id },
                        principalTable: "relationships",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "consent_events",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    scope = table.Column<string>(type: "text", nullable: false),
                    scope_id = table.Column<Guid>(type: "uuid", nullable: true),
                    type = table.Column<string>(type: "text", nullable: false),
                    decided_by = table.Column<string>(type: "text", nullable: true),
                    decided_by_relationship_id = table.Column<Guid>(type: "uuid", nullable: true),
                    child_position = table.Column<string>(type: "text", nullable: true),
                    competence_assessment_id = table.Column<Guid>(type: "uuid", nullable: true),
                    method = table.Column<string>(type: "text", nullable: false),
                    wording_id = table.Column<Guid>(type: "uuid", nullable: true),
                    wording_hash = table.Column<byte[]>(type: "bytea", nullable: true),
                    expires_on = table.Column<DateOnly>(type: "date", nullable: true),
                    occurred_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    corrects_event_id = table.Column<Guid>(type: "uuid", nullable: true),
                    words_sealed = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_consent_events", x => x.id);
                    table.CheckConstraint("ck_consent_events_decided_by", "type not in ('Given', 'Refused', 'Withdrawn', 'Renewed', 'Objected') or decided_by is not null");
                    table.ForeignKey(
                        name: "fk_consent_events_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_consent_events_competence_assessments_competence_assessment",
                        column: x => x.competence_assessment_id,
                        principalTable: "competence_assessments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_consent_events_relationships_child_id_decided_by_relationsh",
                        columns: x => new { x.child_id, x.decided_by_relationship_id },
                        principalTable: "relationships",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_consent_events_wordings_wording_id",
                        column: x => x.wording_id,
                        principalTable: "wordings",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "allocations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    practitioner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    team_id = table.Column<Guid>(type: "uuid", nullable: true),
                    started_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ended_on = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_allocations", x => x.id);
                    table.ForeignKey(
                        name: "fk_allocations_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_allocations_people_practitioner_id",
                        column: x => x.practitioner_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "AspNetUserClaims",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    claim_type = table.Column<string>(type: "text", nullable: true),
                    claim_value = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_asp_net_user_claims", x => x.id);
                    table.ForeignKey(
                        name: "fk_asp_net_user_claims_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "AspNetUserLogins",
                columns: table => new
                {
                    login_provider = table.Column<string>(type: "text", nullable: false),
                    provider_key = table.Column<string>(type: "text", nullable: false),
                    provider_display_name = table.Column<string>(type: "text", nullable: true),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_asp_net_user_logins", x => new { x.login_provider, x.provider_key });
                    table.ForeignKey(
                        name: "fk_asp_net_user_logins_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "AspNetUserTokens",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    login_provider = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_asp_net_user_tokens", x => new { x.user_id, x.login_provider, x.name });
                    table.ForeignKey(
                        name: "fk_asp_net_user_tokens_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "break_glasses",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    reason_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    opened_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ended_by_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_break_glasses", x => x.id);
                    table.CheckConstraint("ck_break_glasses_hours", "expires_at > opened_at and expires_at <= opened_at + interval '24 hours'");
                    table.ForeignKey(
                        name: "fk_break_glasses_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_break_glasses_people_ended_by_id",
                        column: x => x.ended_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_break_glasses_people_person_id",
                        column: x => x.person_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "child_modes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    practitioner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    look = table.Column<string>(type: "text", nullable: false),
                    language = table.Column<string>(type: "character varying(2)", maxLength: 2, nullable: false),
                    started_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    wrong_pins = table.Column<int>(type: "integer", nullable: false),
                    wait_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_child_modes", x => x.id);
                    table.ForeignKey(
                        name: "fk_child_modes_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_child_modes_people_practitioner_id",
                        column: x => x.practitioner_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_child_modes_voice_sessions_child_id_session_id",
                        columns: x => new { x.child_id, x.session_id },
                        principalTable: "voice_sessions",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "group_answers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    themes = table.Column<string>(type: "text", nullable: false),
                    group_size = table.Column<int>(type: "integer", nullable: false),
                    how_counted = table.Column<string>(type: "text", nullable: false),
                    you_said = table.Column<string>(type: "text", nullable: false),
                    we_did = table.Column<string>(type: "text", nullable: false),
                    could_not = table.Column<string>(type: "text", nullable: true),
                    could_not_why = table.Column<string>(type: "text", nullable: true),
                    published_where = table.Column<string>(type: "text", nullable: false),
                    written_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_group_answers", x => x.id);
                    table.CheckConstraint("ck_group_answers_published", "state <> 'Published' or (decided_by_id is not null and group_size >= 6)");
                    table.CheckConstraint("ck_group_answers_second_person", "decided_by_id is null or decided_by_id <> written_by_id");
                    table.ForeignKey(
                        name: "fk_group_answers_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_group_answers_people_written_by_id",
                        column: x => x.written_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "notices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    read_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notices", x => x.id);
                    table.ForeignKey(
                        name: "fk_notices_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_notices_people_person_id",
                        column: x => x.person_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "planned_visits",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    practitioner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    planned_on = table.Column<DateOnly>(type: "date", nullable: false),
                    place = table.Column<string>(type: "text", nullable: false),
                    planned_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: true),
                    called_off_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_planned_visits", x => x.id);
                    table.ForeignKey(
                        name: "fk_planned_visits_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_planned_visits_people_practitioner_id",
                        column: x => x.practitioner_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_planned_visits_voice_sessions_child_id_session_id",
                        columns: x => new { x.child_id, x.session_id },
                        principalTable: "voice_sessions",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "research_projects",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    title = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    question = table.Column<string>(type: "text", nullable: false),
                    public_benefit = table.Column<string>(type: "text", nullable: false),
                    expires_on = table.Column<DateOnly>(type: "date", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    submitted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    decision_reason = table.Column<string>(type: "text", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                    variables = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_research_projects", x => x.id);
                    table.CheckConstraint("ck_research_projects_second_person", "decided_by_id is null or decided_by_id <> owner_id");
                    table.ForeignKey(
                        name: "fk_research_projects_people_owner_id",
                        column: x => x.owner_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "voice_records",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    speaker = table.Column<string>(type: "text", nullable: false),
                    speaker_relationship_id = table.Column<Guid>(type: "uuid", nullable: true),
                    age_at_time = table.Column<int>(type: "integer", nullable: true),
                    layer = table.Column<string>(type: "text", nullable: false),
                    subject_matter = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    provenance = table.Column<string>(type: "text", nullable: false),
                    language = table.Column<string>(type: "character varying(35)", maxLength: 35, nullable: false),
                    interpreter = table.Column<string>(type: "text", nullable: true),
                    spoken_language = table.Column<string>(type: "character varying(35)", maxLength: 35, nullable: true),
                    observer = table.Column<string>(type: "text", nullable: true),
                    tool_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    explains_id = table.Column<Guid>(type: "uuid", nullable: true),
                    not_heard_reason = table.Column<string>(type: "text", nullable: true),
                    offered = table.Column<string[]>(type: "text[]", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: true),
                    duration_seconds = table.Column<int>(type: "integer", nullable: true),
                    gaps_json = table.Column<string>(type: "jsonb", nullable: true),
                    heard_on = table.Column<DateOnly>(type: "date", nullable: false),
                    sealed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    sealed_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    content_seal = table.Column<byte[]>(type: "bytea", nullable: false),
                    read_back = table.Column<string>(type: "text", nullable: false),
                    sensitivity = table.Column<string>(type: "text", nullable: false),
                    corrects_id = table.Column<Guid>(type: "uuid", nullable: true),
                    correction_reason = table.Column<string>(type: "text", nullable: true),
                    moved_from_id = table.Column<Guid>(type: "uuid", nullable: true),
                    moved_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    moved_by_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_voice_records", x => x.id);
                    table.UniqueConstraint("ak_voice_records_child_id_id", x => new { x.child_id, x.id });
                    table.CheckConstraint("ck_voice_records_correction", "(corrects_id is null) = (correction_reason is null)");
                    table.CheckConstraint("ck_voice_records_declined", "(kind = 'Declined') = (not_heard_reason is not null)");
                    table.CheckConstraint("ck_voice_records_media", "(kind in ('Audio', 'Drawing', 'Photo')) = (file_id is not null)");
                    table.CheckConstraint("ck_voice_records_tool", "case when kind in ('ScaleAnswer', 'ToolAnswer') then tool_version_id is not null else kind = 'SymbolChoice' or tool_version_id is null end");
                    table.ForeignKey(
                        name: "fk_voice_records_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_voice_records_files_file_id",
                        column: x => x.file_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_voice_records_relationships_child_id_speaker_relationship_id",
                        columns: x => new { x.child_id, x.speaker_relationship_id },
                        principalTable: "relationships",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_voice_records_tool_versions_tool_version_id",
                        column: x => x.tool_version_id,
                        principalTable: "tool_versions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_voice_records_voice_records_child_id_corrects_id",
                        columns: x => new { x.child_id, x.corrects_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_voice_records_voice_records_child_id_explains_id",
                        columns: x => new { x.child_id, x.explains_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_voice_records_voice_sessions_child_id_session_id",
                        columns: x => new { x.child_id, x.session_id },
                        principalTable: "voice_sessions",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "need_episodes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    referred_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    referral_source = table.Column<string>(type: "text", nullable: true),
                    primary_need_code = table.Column<string>(type: "text", nullable: true),
                    closed_on = table.Column<DateOnly>(type: "date", nullable: true),
                    reason_for_closure = table.Column<string>(type: "text", nullable: true),
                    initial_conference_on = table.Column<DateOnly>(type: "date", nullable: true),
                    referral_nfa = table.Column<bool>(type: "boolean", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_need_episodes", x => x.id);
                    table.ForeignKey(
                        name: "fk_need_episodes_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_need_episodes_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "return_rejections",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    return_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    la_child_id = table.Column<string>(type: "text", nullable: true),
                    field = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_return_rejections", x => x.id);
                    table.ForeignKey(
                        name: "fk_return_rejections_returns_return_id",
                        column: x => x.return_id,
                        principalTable: "returns",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "extracts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    variables = table.Column<List<string>>(type: "text[]", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    decision_reason = table.Column<string>(type: "text", nullable: true),
                    failed_because = table.Column<string>(type: "text", nullable: true),
                    file_id = table.Column<Guid>(type: "uuid", nullable: true),
                    report_json = table.Column<string>(type: "jsonb", nullable: true),
                    released_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_extracts", x => x.id);
                    table.CheckConstraint("ck_extracts_file", "(state = 'Ready') = (file_id is not null)");
                    table.CheckConstraint("ck_extracts_second_person", "decided_by_id is null or decided_by_id <> requested_by_id");
                    table.ForeignKey(
                        name: "fk_extracts_files_file_id",
                        column: x => x.file_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_extracts_research_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "research_projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "ask_steps",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ask_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    due_on = table.Column<DateOnly>(type: "date", nullable: true),
                    on = table.Column<DateOnly>(type: "date", nullable: false),
                    decision = table.Column<string>(type: "text", nullable: true),
                    how_told = table.Column<string>(type: "text", nullable: true),
                    reaction = table.Column<string>(type: "text", nullable: true),
                    review_on = table.Column<DateOnly>(type: "date", nullable: true),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: true),
                    words_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ask_steps", x => x.id);
                    table.CheckConstraint("ck_ask_steps_due", "due_on is not null or state = 'Closed'");
                    table.ForeignKey(
                        name: "fk_ask_steps_asks_child_id_ask_id",
                        columns: x => new { x.child_id, x.ask_id },
                        principalTable: "asks",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_ask_steps_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_ask_steps_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "ask_voices",
                columns: table => new
                {
                    ask_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ask_voices", x => new { x.ask_id, x.voice_record_id });
                    table.ForeignKey(
                        name: "fk_ask_voices_asks_child_id_ask_id",
                        columns: x => new { x.child_id, x.ask_id },
                        principalTable: "asks",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_ask_voices_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_ask_voices_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "breach_reports",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wrong_child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wrong_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sealed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    moved_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    moved_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    what_happened_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    what_was_done_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    child_told = table.Column<bool>(type: "boolean", nullable: true),
                    completed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    completed_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_breach_reports", x => x.id);
                    table.ForeignKey(
                        name: "fk_breach_reports_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_breach_reports_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_breach_reports_voice_records_wrong_child_id_wrong_record_id",
                        columns: x => new { x.wrong_child_id, x.wrong_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "do_not_tells",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    relationship_id = table.Column<Guid>(type: "uuid", nullable: true),
                    role = table.Column<string>(type: "text", nullable: true),
                    scope = table.Column<string>(type: "text", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: true),
                    subject_matter = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: false),
                    said_by = table.Column<string>(type: "text", nullable: false),
                    words_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    from_on = table.Column<DateOnly>(type: "date", nullable: false),
                    until_on = table.Column<DateOnly>(type: "date", nullable: true),
                    recorded_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ended_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    end_reason_sealed = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_do_not_tells", x => x.id);
                    table.CheckConstraint("ck_do_not_tells_scope", "(scope = 'Record') = (voice_record_id is not null) and (scope = 'Subject') = (subject_matter is not null)");
                    table.CheckConstraint("ck_do_not_tells_who", "(relationship_id is null) <> (role is null)");
                    table.ForeignKey(
                        name: "fk_do_not_tells_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_do_not_tells_relationships_child_id_relationship_id",
                        columns: x => new { x.child_id, x.relationship_id },
                        principalTable: "relationships",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_do_not_tells_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "interpretations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    author_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    based_on_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    alternative_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    supersedes_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_interpretations", x => x.id);
                    table.UniqueConstraint("ak_interpretations_child_id_id", x => new { x.child_id, x.id });
                    table.ForeignKey(
                        name: "fk_interpretations_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_interpretations_interpretations_child_id_supersedes_id",
                        columns: x => new { x.child_id, x.supersedes_id },
                        principalTable: "interpretations",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_interpretations_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "third_party_voices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    relationship_id = table.Column<Guid>(type: "uuid", nullable: true),
                    described_sealed = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_third_party_voices", x => x.id);
                    table.UniqueConstraint("ak_third_party_voices_child_id_id", x => new { x.child_id, x.id });
                    table.CheckConstraint("ck_third_party_voices_who", "(relationship_id is null) <> (described_sealed is null)");
                    table.ForeignKey(
                        name: "fk_third_party_voices_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_third_party_voices_relationships_child_id_relationship_id",
                        columns: x => new { x.child_id, x.relationship_id },
                        principalTable: "relationships",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_third_party_voices_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "transcripts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    method = table.Column<string>(type: "text", nullable: false),
                    engine = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    author_id = table.Column<Guid>(type: "uuid", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_transcripts", x => x.id);
                    table.UniqueConstraint("ak_transcripts_voice_record_id_id", x => new { x.voice_record_id, x.id });
                    table.CheckConstraint("ck_transcripts_engine", "(method = 'TypedByPerson') = (engine is null)");
                    table.ForeignKey(
                        name: "fk_transcripts_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_transcripts_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "voice_words",
                columns: table => new
                {
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_voice_words", x => x.voice_record_id);
                    table.ForeignKey(
                        name: "fk_voice_words_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_voice_words_voice_records_child_id_voice_record_id",
                        columns: x => new { x.child_id, x.voice_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "cin_plans",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    episode_id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    ended_on = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cin_plans", x => x.id);
                    table.ForeignKey(
                        name: "fk_cin_plans_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_cin_plans_need_episodes_episode_id",
                        column: x => x.episode_id,
                        principalTable: "need_episodes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "need_assessments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    episode_id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    internal_review_on = table.Column<DateOnly>(type: "date", nullable: true),
                    authorised_on = table.Column<DateOnly>(type: "date", nullable: true),
                    factor_codes = table.Column<List<string>>(type: "text[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_need_assessments", x => x.id);
                    table.ForeignKey(
                        name: "fk_need_assessments_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_need_assessments_need_episodes_episode_id",
                        column: x => x.episode_id,
                        principalTable: "need_episodes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "protection_plans",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    episode_id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    ended_on = table.Column<DateOnly>(type: "date", nullable: true),
                    initial_category_of_abuse = table.Column<string>(type: "text", nullable: true),
                    latest_category_of_abuse = table.Column<string>(type: "text", nullable: true),
                    previous_plans = table.Column<int>(type: "integer", nullable: true),
                    reviewed_on = table.Column<List<DateOnly>>(type: "date[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_protection_plans", x => x.id);
                    table.ForeignKey(
                        name: "fk_protection_plans_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_protection_plans_need_episodes_episode_id",
                        column: x => x.episode_id,
                        principalTable: "need_episodes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "section47s",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    episode_id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_on = table.Column<DateOnly>(type: "date", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    conference_target_on = table.Column<DateOnly>(type: "date", nullable: true),
                    conference_on = table.Column<DateOnly>(type: "date", nullable: true),
                    conference_not_required = table.Column<bool>(type: "boolean", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_section47s", x => x.id);
                    table.ForeignKey(
                        name: "fk_section47s_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_section47s_need_episodes_episode_id",
                        column: x => x.episode_id,
                        principalTable: "need_episodes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "extract_children",
                columns: table => new
                {
                    extract_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    consent_event_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_extract_children", x => new { x.extract_id, x.child_id });
                    table.ForeignKey(
                        name: "fk_extract_children_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_extract_children_consent_events_consent_event_id",
                        column: x => x.consent_event_id,
                        principalTable: "consent_events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_extract_children_extracts_extract_id",
                        column: x => x.extract_id,
                        principalTable: "extracts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "interpretation_showings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    interpretation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    saw = table.Column<string>(type: "text", nullable: false),
                    why_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    response_record_id = table.Column<Guid>(type: "uuid", nullable: true),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_interpretation_showings", x => x.id);
                    table.ForeignKey(
                        name: "fk_interpretation_showings_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_interpretation_showings_interpretations_child_id_interpreta",
                        columns: x => new { x.child_id, x.interpretation_id },
                        principalTable: "interpretations",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_interpretation_showings_voice_records_child_id_response_rec",
                        columns: x => new { x.child_id, x.response_record_id },
                        principalTable: "voice_records",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "third_party_answers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    third_party_voice_id = table.Column<Guid>(type: "uuid", nullable: false),
                    allowed = table.Column<bool>(type: "boolean", nullable: false),
                    said_by_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_third_party_answers", x => x.id);
                    table.ForeignKey(
                        name: "fk_third_party_answers_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_third_party_answers_third_party_voices_child_id_third_party",
                        columns: x => new { x.child_id, x.third_party_voice_id },
                        principalTable: "third_party_voices",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "transcript_acceptances",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voice_record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    transcript_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    accepted_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    accepted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_transcript_acceptances", x => x.id);
                    table.ForeignKey(
                        name: "fk_transcript_acceptances_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_transcript_acceptances_transcripts_voice_record_id_transcri",
                        columns: x => new { x.voice_record_id, x.transcript_id },
                        principalTable: "transcripts",
                        principalColumns: new[] { "voice_record_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_allocations_authority_id_child_id",
                table: "allocations",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_allocations_caseload",
                table: "allocations",
                column: "practitioner_id",
                filter: "ended_on is null");

            migrationBuilder.CreateIndex(
                name: "ix_allocations_child_id",
                table: "allocations",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ux_allocations_open",
                table: "allocations",
                columns: new[] { "child_id", "practitioner_id" },
                unique: true,
                filter: "ended_on is null");

            migrationBuilder.CreateIndex(
                name: "ix_ask_steps_authority_id_child_id",
                table: "ask_steps",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_ask_steps_child_id",
                table: "ask_steps",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_ask_steps_child_id_ask_id",
                table: "ask_steps",
                columns: new[] { "child_id", "ask_id" });

            migrationBuilder.CreateIndex(
                name: "ix_ask_steps_child_id_voice_record_id",
                table: "ask_steps",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ux_ask_steps_number",
                table: "ask_steps",
                columns: new[] { "ask_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_ask_voices_authority_id_child_id",
                table: "ask_voices",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_ask_voices_child_id",
                table: "ask_voices",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_ask_voices_child_id_ask_id",
                table: "ask_voices",
                columns: new[] { "child_id", "ask_id" });

            migrationBuilder.CreateIndex(
                name: "ix_ask_voices_child_id_voice_record_id",
                table: "ask_voices",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_asks_authority_id_child_id",
                table: "asks",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_asks_authority_id_thing_kind_thing_key",
                table: "asks",
                columns: new[] { "authority_id", "thing_kind", "thing_key" });

            migrationBuilder.CreateIndex(
                name: "ix_asks_child_id",
                table: "asks",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_asks_child_id_speaker_relationship_id",
                table: "asks",
                columns: new[] { "child_id", "speaker_relationship_id" });

            migrationBuilder.CreateIndex(
                name: "ix_asp_net_user_claims_user_id",
                table: "AspNetUserClaims",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_asp_net_user_logins_user_id",
                table: "AspNetUserLogins",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_authority_id_at",
                table: "audit_entries",
                columns: new[] { "authority_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_child_id_at",
                table: "audit_entries",
                columns: new[] { "child_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_authorities_code",
                table: "authorities",
                column: "code",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_authority_keys_authority_id",
                table: "authority_keys",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_breach_reports_authority_id_child_id",
                table: "breach_reports",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_breach_reports_child_id",
                table: "breach_reports",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_breach_reports_child_id_voice_record_id",
                table: "breach_reports",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_breach_reports_wrong_child_id_wrong_record_id",
                table: "breach_reports",
                columns: new[] { "wrong_child_id", "wrong_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_breach_reports_wrong_record_id",
                table: "breach_reports",
                column: "wrong_record_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_break_glasses_authority_id_child_id",
                table: "break_glasses",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_break_glasses_child_id",
                table: "break_glasses",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_break_glasses_ended_by_id",
                table: "break_glasses",
                column: "ended_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_break_glasses_person_id_expires_at",
                table: "break_glasses",
                columns: new[] { "person_id", "expires_at" });

            migrationBuilder.CreateIndex(
                name: "ix_child_keys_authority_id_child_id",
                table: "child_keys",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_child_keys_authority_key_id",
                table: "child_keys",
                column: "authority_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_child_keys_child_id",
                table: "child_keys",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_child_modes_authority_id_child_id",
                table: "child_modes",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_child_modes_child_id",
                table: "child_modes",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_child_modes_child_id_session_id",
                table: "child_modes",
                columns: new[] { "child_id", "session_id" });

            migrationBuilder.CreateIndex(
                name: "ix_child_modes_practitioner_id",
                table: "child_modes",
                column: "practitioner_id");

            migrationBuilder.CreateIndex(
                name: "ix_children_authority_id_la_child_id",
                table: "children",
                columns: new[] { "authority_id", "la_child_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_cin_plans_authority_id_child_id",
                table: "cin_plans",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_cin_plans_child_id",
                table: "cin_plans",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_cin_plans_episode_id_started_on_ordinal",
                table: "cin_plans",
                columns: new[] { "episode_id", "started_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_competence_assessments_authority_id_child_id",
                table: "competence_assessments",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_competence_assessments_child_id",
                table: "competence_assessments",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_authority_id_child_id",
                table: "consent_events",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_authority_id_purpose",
                table: "consent_events",
                columns: new[] { "authority_id", "purpose" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_child_id",
                table: "consent_events",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_child_id_decided_by_relationship_id",
                table: "consent_events",
                columns: new[] { "child_id", "decided_by_relationship_id" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_child_id_purpose_occurred_at",
                table: "consent_events",
                columns: new[] { "child_id", "purpose", "occurred_at" });

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_competence_assessment_id",
                table: "consent_events",
                column: "competence_assessment_id");

            migrationBuilder.CreateIndex(
                name: "ix_consent_events_wording_id",
                table: "consent_events",
                column: "wording_id");

            migrationBuilder.CreateIndex(
                name: "ix_do_not_tells_authority_id_child_id",
                table: "do_not_tells",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_do_not_tells_child_id",
                table: "do_not_tells",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_do_not_tells_child_id_relationship_id",
                table: "do_not_tells",
                columns: new[] { "child_id", "relationship_id" });

            migrationBuilder.CreateIndex(
                name: "ix_do_not_tells_child_id_voice_record_id",
                table: "do_not_tells",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_extract_children_authority_id_child_id",
                table: "extract_children",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_extract_children_child_id",
                table: "extract_children",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_extract_children_consent_event_id",
                table: "extract_children",
                column: "consent_event_id");

            migrationBuilder.CreateIndex(
                name: "ix_extracts_file_id",
                table: "extracts",
                column: "file_id");

            migrationBuilder.CreateIndex(
                name: "ix_extracts_project_id",
                table: "extracts",
                column: "project_id");

            migrationBuilder.CreateIndex(
                name: "ix_files_authority_id_child_id",
                table: "files",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_group_answers_authority_id",
                table: "group_answers",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_group_answers_written_by_id",
                table: "group_answers",
                column: "written_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_interpretation_showings_authority_id_child_id",
                table: "interpretation_showings",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_interpretation_showings_child_id",
                table: "interpretation_showings",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_interpretation_showings_child_id_interpretation_id",
                table: "interpretation_showings",
                columns: new[] { "child_id", "interpretation_id" });

            migrationBuilder.CreateIndex(
                name: "ix_interpretation_showings_child_id_response_record_id",
                table: "interpretation_showings",
                columns: new[] { "child_id", "response_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_interpretations_authority_id_child_id",
                table: "interpretations",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_interpretations_child_id",
                table: "interpretations",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_interpretations_child_id_supersedes_id",
                table: "interpretations",
                columns: new[] { "child_id", "supersedes_id" });

            migrationBuilder.CreateIndex(
                name: "ix_interpretations_child_id_voice_record_id",
                table: "interpretations",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_interpretations_supersedes_id",
                table: "interpretations",
                column: "supersedes_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_open",
                table: "jobs",
                column: "requested_at",
                filter: "state in ('Waiting', 'Running')");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_subject_id",
                table: "jobs",
                column: "subject_id");

            migrationBuilder.CreateIndex(
                name: "ix_need_assessments_authority_id_child_id",
                table: "need_assessments",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_need_assessments_child_id",
                table: "need_assessments",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_need_assessments_episode_id_started_on_ordinal",
                table: "need_assessments",
                columns: new[] { "episode_id", "started_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_need_episodes_authority_id_child_id",
                table: "need_episodes",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_need_episodes_authority_id_referred_on_closed_on",
                table: "need_episodes",
                columns: new[] { "authority_id", "referred_on", "closed_on" });

            migrationBuilder.CreateIndex(
                name: "ix_need_episodes_child_id",
                table: "need_episodes",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_need_episodes_child_id_referred_on_ordinal",
                table: "need_episodes",
                columns: new[] { "child_id", "referred_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_need_episodes_return_id",
                table: "need_episodes",
                column: "return_id");

            migrationBuilder.CreateIndex(
                name: "ix_notices_authority_id_child_id",
                table: "notices",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_notices_child_id",
                table: "notices",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_notices_unread",
                table: "notices",
                column: "person_id",
                filter: "read_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_participation_activities_authority_id_child_id",
                table: "participation_activities",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_participation_steps_authority_id_child_id",
                table: "participation_steps",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ux_participation_steps_once",
                table: "participation_steps",
                columns: new[] { "activity_id", "kind" },
                unique: true,
                filter: "kind <> 'Felt' or child_id is not null");

            migrationBuilder.CreateIndex(
                name: "EmailIndex",
                table: "people",
                column: "normalized_email");

            migrationBuilder.CreateIndex(
                name: "ix_people_authority_id",
                table: "people",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_people_team_id",
                table: "people",
                column: "team_id");

            migrationBuilder.CreateIndex(
                name: "UserNameIndex",
                table: "people",
                column: "normalized_user_name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_planned_visits_authority_id_child_id",
                table: "planned_visits",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_planned_visits_child_id",
                table: "planned_visits",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_planned_visits_child_id_session_id",
                table: "planned_visits",
                columns: new[] { "child_id", "session_id" });

            migrationBuilder.CreateIndex(
                name: "ix_planned_visits_open",
                table: "planned_visits",
                column: "practitioner_id",
                filter: "session_id is null and called_off_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_protection_plans_authority_id_child_id",
                table: "protection_plans",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_protection_plans_child_id",
                table: "protection_plans",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_protection_plans_episode_id_started_on_ordinal",
                table: "protection_plans",
                columns: new[] { "episode_id", "started_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_relationships_authority_id_child_id",
                table: "relationships",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_relationships_child_id",
                table: "relationships",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_research_projects_owner_id",
                table: "research_projects",
                column: "owner_id");

            migrationBuilder.CreateIndex(
                name: "ix_return_rejections_return_id_ordinal",
                table: "return_rejections",
                columns: new[] { "return_id", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_returns_authority_id",
                table: "returns",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_returns_file_id",
                table: "returns",
                column: "file_id");

            migrationBuilder.CreateIndex(
                name: "ix_section47s_authority_id_child_id",
                table: "section47s",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_section47s_child_id",
                table: "section47s",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_section47s_episode_id_started_on_ordinal",
                table: "section47s",
                columns: new[] { "episode_id", "started_on", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_teams_authority_id",
                table: "teams",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_third_party_answers_authority_id_child_id",
                table: "third_party_answers",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_third_party_answers_child_id",
                table: "third_party_answers",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_third_party_answers_child_id_third_party_voice_id",
                table: "third_party_answers",
                columns: new[] { "child_id", "third_party_voice_id" });

            migrationBuilder.CreateIndex(
                name: "ix_third_party_voices_authority_id_child_id",
                table: "third_party_voices",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_third_party_voices_child_id",
                table: "third_party_voices",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_third_party_voices_child_id_relationship_id",
                table: "third_party_voices",
                columns: new[] { "child_id", "relationship_id" });

            migrationBuilder.CreateIndex(
                name: "ix_third_party_voices_child_id_voice_record_id",
                table: "third_party_voices",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_tool_versions_tool_id_number_language",
                table: "tool_versions",
                columns: new[] { "tool_id", "number", "language" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_tools_authority_id_key",
                table: "tools",
                columns: new[] { "authority_id", "key" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_transcript_acceptances_authority_id_child_id",
                table: "transcript_acceptances",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_transcript_acceptances_child_id",
                table: "transcript_acceptances",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_transcript_acceptances_voice_record_id_number",
                table: "transcript_acceptances",
                columns: new[] { "voice_record_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_transcript_acceptances_voice_record_id_transcript_id",
                table: "transcript_acceptances",
                columns: new[] { "voice_record_id", "transcript_id" });

            migrationBuilder.CreateIndex(
                name: "ix_transcripts_authority_id_child_id",
                table: "transcripts",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_transcripts_child_id",
                table: "transcripts",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_transcripts_child_id_voice_record_id",
                table: "transcripts",
                columns: new[] { "child_id", "voice_record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_authority_id_child_id",
                table: "voice_records",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_authority_id_heard_on",
                table: "voice_records",
                columns: new[] { "authority_id", "heard_on" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_child_id",
                table: "voice_records",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_child_id_corrects_id",
                table: "voice_records",
                columns: new[] { "child_id", "corrects_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_child_id_explains_id",
                table: "voice_records",
                columns: new[] { "child_id", "explains_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_child_id_session_id",
                table: "voice_records",
                columns: new[] { "child_id", "session_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_child_id_speaker_relationship_id",
                table: "voice_records",
                columns: new[] { "child_id", "speaker_relationship_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_file_id",
                table: "voice_records",
                column: "file_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_moved_from_id",
                table: "voice_records",
                column: "moved_from_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_voice_records_tool_version_id",
                table: "voice_records",
                column: "tool_version_id");

            migrationBuilder.CreateIndex(
                name: "ix_voice_sessions_authority_id_child_id",
                table: "voice_sessions",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_sessions_child_id",
                table: "voice_sessions",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_voice_words_authority_id_child_id",
                table: "voice_words",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_voice_words_child_id",
                table: "voice_words",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_voice_words_child_id_voice_record_id",
                table: "voice_words",
                columns: new[] { "child_id", "voice_record_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_wordings_purpose_language_format_age_band_number",
                table: "wordings",
                columns: new[] { "purpose", "language", "format", "age_band", "number" },
                unique: true);

            migrationBuilder.Script("RowSecurity1.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new System.NotSupportedException("Migrations go forward only.");
        }
    }
}
