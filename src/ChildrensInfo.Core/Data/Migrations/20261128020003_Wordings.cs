using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128020003_Wordings")]
    public class Wordings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_files_child",
                table: "files");

            migrationBuilder.AddCheckConstraint(
                name: "ck_files_child",
                table: "files",
                sql: "(kind in ('VoiceMedia', 'VoicePhoto', 'ConsentEvidence')) = (child_id is not null)");

            migrationBuilder.DropIndex(
                name: "ix_wordings_purpose_language_format_age_band_number",
                table: "wordings");

            migrationBuilder.AddColumn<Guid>(
                name: "approved_by_id",
                table: "wordings",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "authority_id",
                table: "wordings",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "change_reason",
                table: "wordings",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "co_designed_with",
                table: "wordings",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "link",
                table: "wordings",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "retired_at",
                table: "wordings",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "written_by_id",
                table: "wordings",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "purpose_settings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    basis = table.Column<string>(type: "text", nullable: false),
                    months_valid = table.Column<int>(type: "integer", nullable: false),
                    months_valid_for_young_child = table.Column<int>(type: "integer", nullable: false),
                    cooling_days = table.Column<int>(type: "integer", nullable: false),
                    local_text = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: false),
                    set_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    set_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_purpose_settings", x => x.id);
                    table.CheckConstraint("ck_purpose_settings_basis", "(basis = 'NoticeOnly') = (purpose in ('KeepRecord', 'Stats'))");
                    table.ForeignKey(
                        name: "fk_purpose_settings_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_purpose_settings_people_set_by_id",
                        column: x => x.set_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "wording_drafts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    language = table.Column<string>(type: "text", nullable: false),
                    format = table.Column<string>(type: "text", nullable: false),
                    age_band = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    link = table.Column<string>(type: "text", nullable: true),
                    material_change = table.Column<bool>(type: "boolean", nullable: false),
                    change_reason = table.Column<string>(type: "text", nullable: true),
                    co_designed_with = table.Column<string>(type: "text", nullable: true),
                    state = table.Column<string>(type: "text", nullable: false),
                    written_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    decision_reason = table.Column<string>(type: "text", nullable: true),
                    wording_id = table.Column<Guid>(type: "uuid", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wording_drafts", x => x.id);
                    table.CheckConstraint("ck_wording_drafts_second_person", "decided_by_id is null or decided_by_id <> written_by_id");
                    table.ForeignKey(
                        name: "fk_wording_drafts_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_wording_drafts_people_decided_by_id",
                        column: x => x.decided_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_wording_drafts_people_written_by_id",
                        column: x => x.written_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_wording_drafts_wordings_wording_id",
                        column: x => x.wording_id,
                        principalTable: "wordings",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_wordings_approved_by_id",
                table: "wordings",
                column: "approved_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_wordings_authority_id_purpose_language_format_age_band_numb",
                table: "wordings",
                columns: new[] { "authority_id", "purpose", "language", "format", "age_band", "number" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_wordings_written_by_id",
                table: "wordings",
                column: "written_by_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_wordings_material_has_reason",
                table: "wordings",
                sql: "not material_change or change_reason is not null");

            migrationBuilder.AddCheckConstraint(
                name: "ck_wordings_second_person",
                table: "wordings",
                sql: "authority_id is null or (written_by_id is not null and approved_by_id is not null and written_by_id <> approved_by_id)");

            migrationBuilder.CreateIndex(
                name: "ix_purpose_settings_authority_id_purpose_set_at",
                table: "purpose_settings",
                columns: new[] { "authority_id", "purpose", "set_at" });

            migrationBuilder.CreateIndex(
                name: "ix_purpose_settings_set_by_id",
                table: "purpose_settings",
                column: "set_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_wording_drafts_authority_id_state",
                table: "wording_drafts",
                columns: new[] { "authority_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_wording_drafts_decided_by_id",
                table: "wording_drafts",
                column: "decided_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_wording_drafts_wording_id",
                table: "wording_drafts",
                column: "wording_id");

            migrationBuilder.CreateIndex(
                name: "ix_wording_drafts_written_by_id",
                table: "wording_drafts",
                column: "written_by_id");

            migrationBuilder.AddForeignKey(
                name: "fk_wordings_authorities_authority_id",
                table: "wordings",
                column: "authority_id",
                principalTable: "authorities",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_wordings_people_approved_by_id",
                table: "wordings",
                column: "approved_by_id",
                principalTable: "people",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_wordings_people_written_by_id",
                table: "wordings",
                column: "written_by_id",
                principalTable: "people",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.Script("Wordings.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                drop trigger written_once on wordings;
                drop function refuse_change_but_retiring();
                create trigger written_once before update on wordings for each row execute function refuse_change();
                revoke update on wordings from portal_app;
                drop policy shipped_or_own on wordings;
                drop policy own_added on wordings;
                drop policy own_retired on wordings;
                alter table wordings no force row level security;
                alter table wordings disable row level security;
                drop trigger as_it_was_read on wording_drafts;
                drop function refuse_changed_draft();
                """);

            migrationBuilder.DropForeignKey(
                name: "fk_wordings_authorities_authority_id",
                table: "wordings");

            migrationBuilder.DropForeignKey(
                name: "fk_wordings_people_approved_by_id",
                table: "wordings");

            migrationBuilder.DropForeignKey(
                name: "fk_wordings_people_written_by_id",
                table: "wordings");

            migrationBuilder.DropTable(
                name: "purpose_settings");

            migrationBuilder.DropTable(
                name: "wording_drafts");

            migrationBuilder.DropIndex(
                name: "ix_wordings_approved_by_id",
                table: "wordings");

            migrationBuilder.DropIndex(
                name: "ix_wordings_authority_id_purpose_language_format_age_band_numb",
                table: "wordings");

            migrationBuilder.DropIndex(
                name: "ix_wordings_written_by_id",
                table: "wordings");

            migrationBuilder.DropCheckConstraint(
                name: "ck_wordings_material_has_reason",
                table: "wordings");

            migrationBuilder.DropCheckConstraint(
                name: "ck_wordings_second_person",
                table: "wordings");

            migrationBuilder.DropColumn(
                name: "approved_by_id",
                table: "wordings");

            migrationBuilder.DropColumn(
                name: "authority_id",
                table: "wordings");

            migrationBuilder.DropColumn(
                name: "change_reason",
                table: "wordings");

            migrationBuilder.DropColumn(
                name: "co_designed_with",
                table: "wordings");

            migrationBuilder.DropColumn(
                name: "link",
                table: "wordings");

            migrationBuilder.DropColumn(
                name: "retired_at",
                table: "wordings");

            migrationBuilder.DropColumn(
                name: "written_by_id",
                table: "wordings");

            migrationBuilder.DropCheckConstraint(
                name: "ck_files_child",
                table: "files");

            migrationBuilder.AddCheckConstraint(
                name: "ck_files_child",
                table: "files",
                sql: "(kind in ('VoiceMedia', 'VoicePhoto')) = (child_id is not null)");

            migrationBuilder.CreateIndex(
                name: "ix_wordings_purpose_language_format_age_band_number",
                table: "wordings",
                columns: new[] { "purpose", "language", "format", "age_band", "number" },
                unique: true);
        }
    }
}
