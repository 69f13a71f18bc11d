using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128214010_Breaches")]
    public class Breaches : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "data_breaches",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    report_id = table.Column<Guid>(type: "uuid", nullable: true),
                    known_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    people = table.Column<int>(type: "integer", nullable: false),
                    data = table.Column<string[]>(type: "text[]", nullable: false),
                    risk = table.Column<string>(type: "text", nullable: true),
                    told_ico_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    not_told = table.Column<bool>(type: "boolean", nullable: false),
                    told_people_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    logged_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    logged_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    looked_at_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    closed_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    closed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_breaches", x => x.id);
                    table.CheckConstraint("ck_data_breaches_closed", "(closed_at is null) = (closed_by_id is null) and (closed_at is null or (risk is not null and (told_ico_at is not null or not_told)))");
                    table.CheckConstraint("ck_data_breaches_people", "people >= 1");
                    table.CheckConstraint("ck_data_breaches_second_person", "closed_by_id is null or (closed_by_id <> logged_by_id and looked_at_by_id is not null and closed_by_id <> looked_at_by_id)");
                    table.ForeignKey(
                        name: "fk_data_breaches_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_data_breaches_breach_reports_report_id",
                        column: x => x.report_id,
                        principalTable: "breach_reports",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_data_breaches_people_closed_by_id",
                        column: x => x.closed_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_data_breaches_people_logged_by_id",
                        column: x => x.logged_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_data_breaches_people_looked_at_by_id",
                        column: x => x.looked_at_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_data_breaches_authority_id",
                table: "data_breaches",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_data_breaches_closed_by_id",
                table: "data_breaches",
                column: "closed_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_data_breaches_logged_by_id",
                table: "data_breaches",
                column: "logged_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_data_breaches_looked_at_by_id",
                table: "data_breaches",
                column: "looked_at_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_data_breaches_report_id",
                table: "data_breaches",
                column: "report_id",
                unique: true);

            migrationBuilder.Script("Breaches.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_breaches");
        }
    }
}
