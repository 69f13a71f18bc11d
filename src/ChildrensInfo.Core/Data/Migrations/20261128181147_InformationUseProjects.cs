using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128181147_InformationUseProjects")]
    public class InformationUseProjects : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "information_use_projects",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    reflection_id = table.Column<Guid>(type: "uuid", nullable: true),
                    domain = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    indicator_key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    authority_key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    written_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_information_use_projects", x => x.id);
                    table.ForeignKey(
                        name: "fk_information_use_projects_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_information_use_projects_authority_keys_authority_key_id",
                        column: x => x.authority_key_id,
                        principalTable: "authority_keys",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_information_use_projects_people_written_by_id",
                        column: x => x.written_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_information_use_projects_reflections_reflection_id",
                        column: x => x.reflection_id,
                        principalTable: "reflections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "information_use_steps",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    review_on = table.Column<DateOnly>(type: "date", nullable: true),
                    told_on = table.Column<DateOnly>(type: "date", nullable: true),
                    is_not_told = table.Column<bool>(type: "boolean", nullable: false),
                    by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_information_use_steps", x => x.id);
                    table.CheckConstraint("ck_information_use_steps_told", "(kind <> 'Ended' or (told_on is not null) <> is_not_told) and (kind <> 'Told' or told_on is not null) and (told_on is null or kind in ('Ended', 'Told')) and (not is_not_told or kind = 'Ended') and ((kind = 'Reviewed') = (review_on is not null))");
                    table.ForeignKey(
                        name: "fk_information_use_steps_information_use_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "information_use_projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_information_use_steps_people_by_id",
                        column: x => x.by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "information_use_versions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    starts_on = table.Column<DateOnly>(type: "date", nullable: false),
                    review_on = table.Column<DateOnly>(type: "date", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    written_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_information_use_versions", x => x.id);
                    table.ForeignKey(
                        name: "fk_information_use_versions_information_use_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "information_use_projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_information_use_versions_people_written_by_id",
                        column: x => x.written_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_information_use_projects_authority_id",
                table: "information_use_projects",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_information_use_projects_authority_key_id",
                table: "information_use_projects",
                column: "authority_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_information_use_projects_reflection_id",
                table: "information_use_projects",
                column: "reflection_id");

            migrationBuilder.CreateIndex(
                name: "ix_information_use_projects_written_by_id",
                table: "information_use_projects",
                column: "written_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_information_use_steps_by_id",
                table: "information_use_steps",
                column: "by_id");

            migrationBuilder.CreateIndex(
                name: "ix_information_use_steps_ends_once",
                table: "information_use_steps",
                column: "project_id",
                unique: true,
                filter: "kind = 'Ended'");

            migrationBuilder.CreateIndex(
                name: "ix_information_use_versions_project_id_number",
                table: "information_use_versions",
                columns: new[] { "project_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_information_use_versions_written_by_id",
                table: "information_use_versions",
                column: "written_by_id");

            migrationBuilder.Script("InformationUseProjects.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "information_use_steps");

            migrationBuilder.DropTable(
                name: "information_use_versions");

            migrationBuilder.DropTable(
                name: "information_use_projects");
        }
    }
}
