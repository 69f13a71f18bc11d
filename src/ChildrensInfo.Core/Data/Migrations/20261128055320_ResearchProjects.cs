using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128055320_ResearchProjects")]
    public class ResearchProjects : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Script("ResearchProjectsBefore.sql");

            migrationBuilder.DropCheckConstraint(
                name: "ck_research_projects_second_person",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "decided_by_id",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "decision_reason",
                table: "research_projects");

            migrationBuilder.AddColumn<DateOnly>(
                name: "destroy_on",
                table: "research_projects",
                type: "date",
                nullable: false,
                defaultValue: new DateOnly(1, 1, 1));

            migrationBuilder.AddColumn<string>(
                name: "ethics_reference",
                table: "research_projects",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "how_they_hear",
                table: "research_projects",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "people",
                table: "research_projects",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "place",
                table: "research_projects",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "place_name",
                table: "research_projects",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "plain_words",
                table: "research_projects",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "retention",
                table: "research_projects",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "round",
                table: "research_projects",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "shaped_by",
                table: "research_projects",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTime>(
                name: "stepped_at",
                table: "research_projects",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified));

            migrationBuilder.AddColumn<DateTime>(
                name: "certified_at",
                table: "extracts",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "destroyed_how",
                table: "extracts",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateOnly>(
                name: "destroyed_on",
                table: "extracts",
                type: "date",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "replaces_id",
                table: "extracts",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddUniqueConstraint(
                name: "ak_research_projects_id_owner_id",
                table: "research_projects",
                columns: new[] { "id", "owner_id" });

            migrationBuilder.CreateTable(
                name: "extract_links",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    extract_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    token_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    made_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    used_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_extract_links", x => x.id);
                    table.ForeignKey(
                        name: "fk_extract_links_extracts_extract_id",
                        column: x => x.extract_id,
                        principalTable: "extracts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_extract_links_people_person_id",
                        column: x => x.person_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "project_previews",
                columns: table => new
                {
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    on = table.Column<DateOnly>(type: "date", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    about = table.Column<int>(type: "integer", nullable: true),
                    is_enough = table.Column<bool>(type: "boolean", nullable: false),
                    variables = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_project_previews", x => new { x.project_id, x.on });
                    table.ForeignKey(
                        name: "fk_project_previews_research_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "research_projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "project_steps",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    round = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    by_role = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    conditions = table.Column<string>(type: "text", nullable: true),
                    safes = table.Column<string[]>(type: "text[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_project_steps", x => x.id);
                    table.CheckConstraint("ck_project_steps_five_safes", "kind <> 'Approved' or cardinality(safes) = 5");
                    table.CheckConstraint("ck_project_steps_reason", "kind in ('Sent', 'Closed') or reason is not null");
                    table.CheckConstraint("ck_project_steps_reviewer", "kind in ('Sent', 'Closed') or by_role in ('DataLead', 'InformationGovernance')");
                    table.CheckConstraint("ck_project_steps_second_person", "kind in ('Sent', 'Closed') or by_id <> owner_id");
                    table.ForeignKey(
                        name: "fk_project_steps_people_by_id",
                        column: x => x.by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_project_steps_research_projects_project_id_owner_id",
                        columns: x => new { x.project_id, x.owner_id },
                        principalTable: "research_projects",
                        principalColumns: new[] { "id", "owner_id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.Script("ResearchProjectsText.sql");

            migrationBuilder.AddCheckConstraint(
                name: "ck_research_projects_destroyed_after_end",
                table: "research_projects",
                sql: "destroy_on >= expires_on");

            migrationBuilder.CreateIndex(
                name: "ix_extracts_replaces_id",
                table: "extracts",
                column: "replaces_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_extracts_certificate",
                table: "extracts",
                sql: "(state = 'Destroyed') = (certified_at is not null) and (certified_at is null or (destroyed_on is not null and destroyed_how is not null))");

            migrationBuilder.CreateIndex(
                name: "ix_extract_links_extract_id",
                table: "extract_links",
                column: "extract_id");

            migrationBuilder.CreateIndex(
                name: "ix_extract_links_person_id",
                table: "extract_links",
                column: "person_id");

            migrationBuilder.CreateIndex(
                name: "ix_extract_links_token_hash",
                table: "extract_links",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_project_steps_by_id",
                table: "project_steps",
                column: "by_id");

            migrationBuilder.CreateIndex(
                name: "ix_project_steps_project_id",
                table: "project_steps",
                column: "project_id");

            migrationBuilder.CreateIndex(
                name: "ix_project_steps_project_id_owner_id",
                table: "project_steps",
                columns: new[] { "project_id", "owner_id" });

            migrationBuilder.CreateIndex(
                name: "ux_project_steps_one_yes_a_person",
                table: "project_steps",
                columns: new[] { "project_id", "round", "by_id" },
                unique: true,
                filter: "kind = 'Approved'");

            migrationBuilder.CreateIndex(
                name: "ux_project_steps_one_yes_a_role",
                table: "project_steps",
                columns: new[] { "project_id", "round", "by_role" },
                unique: true,
                filter: "kind = 'Approved'");

            migrationBuilder.AddForeignKey(
                name: "fk_extracts_extracts_replaces_id",
                table: "extracts",
                column: "replaces_id",
                principalTable: "extracts",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.Script("ResearchProjects.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("drop function refuse_unless_two_agreed() cascade; drop function refuse_used_link() cascade; grant update on extracts to portal_app;");

            migrationBuilder.DropForeignKey(
                name: "fk_extracts_extracts_replaces_id",
                table: "extracts");

            migrationBuilder.DropTable(
                name: "extract_links");

            migrationBuilder.DropTable(
                name: "project_previews");

            migrationBuilder.DropTable(
                name: "project_steps");

            migrationBuilder.DropUniqueConstraint(
                name: "ak_research_projects_id_owner_id",
                table: "research_projects");

            migrationBuilder.DropCheckConstraint(
                name: "ck_research_projects_destroyed_after_end",
                table: "research_projects");

            migrationBuilder.DropIndex(
                name: "ix_extracts_replaces_id",
                table: "extracts");

            migrationBuilder.DropCheckConstraint(
                name: "ck_extracts_certificate",
                table: "extracts");

            migrationBuilder.DropColumn(
                name: "destroy_on",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "ethics_reference",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "how_they_hear",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "people",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "place",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "place_name",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "plain_words",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "retention",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "round",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "shaped_by",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "stepped_at",
                table: "research_projects");

            migrationBuilder.DropColumn(
                name: "certified_at",
                table: "extracts");

            migrationBuilder.DropColumn(
                name: "destroyed_how",
                table: "extracts");

            migrationBuilder.DropColumn(
                name: "destroyed_on",
                table: "extracts");

            migrationBuilder.DropColumn(
                name: "replaces_id",
                table: "extracts");

            migrationBuilder.AddColumn<Guid>(
                name: "decided_by_id",
                table: "research_projects",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "decision_reason",
                table: "research_projects",
                type: "text",
                nullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_research_projects_second_person",
                table: "research_projects",
                sql: "decided_by_id is null or decided_by_id <> owner_id");
        }
    }
}
