using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128175349_MonthlyPacks")]
    public class MonthlyPacks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "monthly_packs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    title = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    kept_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    stopped_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    made_for = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_monthly_packs", x => x.id);
                    table.ForeignKey(
                        name: "fk_monthly_packs_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_monthly_packs_people_kept_by_id",
                        column: x => x.kept_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "pack_editions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    pack_id = table.Column<Guid>(type: "uuid", nullable: false),
                    month = table.Column<DateOnly>(type: "date", nullable: false),
                    title = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    views_json = table.Column<string>(type: "jsonb", nullable: false),
                    made_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    authority_key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    foreword = table.Column<byte[]>(type: "bytea", nullable: true),
                    foreword_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    foreword_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    published_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    published_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pack_editions", x => x.id);
                    table.CheckConstraint("ck_pack_editions_signed", "(published_at is null) = (published_by_id is null) and (foreword is null or foreword_by_id is not null) and (foreword_at is null) = (foreword_by_id is null)");
                    table.ForeignKey(
                        name: "fk_pack_editions_authority_keys_authority_key_id",
                        column: x => x.authority_key_id,
                        principalTable: "authority_keys",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_pack_editions_monthly_packs_pack_id",
                        column: x => x.pack_id,
                        principalTable: "monthly_packs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_pack_editions_people_foreword_by_id",
                        column: x => x.foreword_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_pack_editions_people_published_by_id",
                        column: x => x.published_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "pack_views",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    pack_id = table.Column<Guid>(type: "uuid", nullable: false),
                    title = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    indicator_key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    by = table.Column<string>(type: "text", nullable: true),
                    group = table.Column<string>(type: "text", nullable: true),
                    position = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pack_views", x => x.id);
                    table.ForeignKey(
                        name: "fk_pack_views_monthly_packs_pack_id",
                        column: x => x.pack_id,
                        principalTable: "monthly_packs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_monthly_packs_authority_id",
                table: "monthly_packs",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_monthly_packs_kept_by_id",
                table: "monthly_packs",
                column: "kept_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_pack_editions_authority_key_id",
                table: "pack_editions",
                column: "authority_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_pack_editions_foreword_by_id",
                table: "pack_editions",
                column: "foreword_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_pack_editions_pack_id_month",
                table: "pack_editions",
                columns: new[] { "pack_id", "month" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_pack_editions_published_by_id",
                table: "pack_editions",
                column: "published_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_pack_views_pack_id",
                table: "pack_views",
                column: "pack_id");

            migrationBuilder.Script("MonthlyPacks.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "pack_editions");

            migrationBuilder.DropTable(
                name: "pack_views");

            migrationBuilder.DropTable(
                name: "monthly_packs");
        }
    }
}
