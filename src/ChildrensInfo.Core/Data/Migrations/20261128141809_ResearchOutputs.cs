using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128141809_ResearchOutputs")]
    public class ResearchOutputs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE extract_links ALTER COLUMN extract_id DROP NOT NULL;");

            migrationBuilder.AddColumn<Guid>(
                name: "output_id",
                table: "extract_links",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "research_outputs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    submitted_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    submitted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    title = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    how = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    decision_reason = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_research_outputs", x => x.id);
                    table.CheckConstraint("ck_research_outputs_decision", "(state = 'Submitted') = (decided_by_id is null) and (decided_by_id is null) = (decision_reason is null)");
                    table.CheckConstraint("ck_research_outputs_second_person", "decided_by_id is null or decided_by_id <> submitted_by_id");
                    table.ForeignKey(
                        name: "fk_research_outputs_files_file_id",
                        column: x => x.file_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_research_outputs_people_submitted_by_id",
                        column: x => x.submitted_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_research_outputs_research_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "research_projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_extract_links_output_id",
                table: "extract_links",
                column: "output_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_extract_links_one_file",
                table: "extract_links",
                sql: "(extract_id is null) <> (output_id is null)");

            migrationBuilder.CreateIndex(
                name: "ix_research_outputs_file_id",
                table: "research_outputs",
                column: "file_id");

            migrationBuilder.CreateIndex(
                name: "ix_research_outputs_project_id",
                table: "research_outputs",
                column: "project_id");

            migrationBuilder.CreateIndex(
                name: "ix_research_outputs_submitted_by_id",
                table: "research_outputs",
                column: "submitted_by_id");

            migrationBuilder.AddForeignKey(
                name: "fk_extract_links_research_outputs_output_id",
                table: "extract_links",
                column: "output_id",
                principalTable: "research_outputs",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.Script("ResearchOutputs.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_extract_links_research_outputs_output_id",
                table: "extract_links");

            migrationBuilder.DropTable(
                name: "research_outputs");

            migrationBuilder.DropIndex(
                name: "ix_extract_links_output_id",
                table: "extract_links");

            migrationBuilder.DropCheckConstraint(
                name: "ck_extract_links_one_file",
                table: "extract_links");

            migrationBuilder.DropColumn(
                name: "output_id",
                table: "extract_links");

            migrationBuilder.AlterColumn<Guid>(
                name: "extract_id",
                table: "extract_links",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);
        }
    }
}
