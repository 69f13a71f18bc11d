using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128102420_ThinkingSpace")]
    public class ThinkingSpace : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "domain_uses",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    domain = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    authority_key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    written_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_domain_uses", x => x.id);
                    table.ForeignKey(
                        name: "fk_domain_uses_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_domain_uses_authority_keys_authority_key_id",
                        column: x => x.authority_key_id,
                        principalTable: "authority_keys",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_domain_uses_people_written_by_id",
                        column: x => x.written_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "reflections",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    indicator_key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    picture_json = table.Column<string>(type: "jsonb", nullable: false),
                    authority_key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    review_on = table.Column<DateOnly>(type: "date", nullable: false),
                    written_by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reflections", x => x.id);
                    table.ForeignKey(
                        name: "fk_reflections_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_reflections_authority_keys_authority_key_id",
                        column: x => x.authority_key_id,
                        principalTable: "authority_keys",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_reflections_people_written_by_id",
                        column: x => x.written_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "reflection_steps",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    reflection_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                    review_on = table.Column<DateOnly>(type: "date", nullable: true),
                    activity_id = table.Column<Guid>(type: "uuid", nullable: true),
                    version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    by_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reflection_steps", x => x.id);
                    table.CheckConstraint("ck_reflection_steps_names_it", "(kind = 'BecameTakingPart') = (activity_id is not null) and (kind = 'BecameDefinition') = (version_id is not null) and (review_on is null or kind = 'Reviewed')");
                    table.ForeignKey(
                        name: "fk_reflection_steps_indicator_versions_version_id",
                        column: x => x.version_id,
                        principalTable: "indicator_versions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_reflection_steps_participation_activities_activity_id",
                        column: x => x.activity_id,
                        principalTable: "participation_activities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_reflection_steps_people_by_id",
                        column: x => x.by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_reflection_steps_reflections_reflection_id",
                        column: x => x.reflection_id,
                        principalTable: "reflections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_domain_uses_authority_id",
                table: "domain_uses",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_domain_uses_authority_key_id",
                table: "domain_uses",
                column: "authority_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_domain_uses_written_by_id",
                table: "domain_uses",
                column: "written_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_reflection_steps_activity_id",
                table: "reflection_steps",
                column: "activity_id");

            migrationBuilder.CreateIndex(
                name: "ix_reflection_steps_by_id",
                table: "reflection_steps",
                column: "by_id");

            migrationBuilder.CreateIndex(
                name: "ix_reflection_steps_reflection_id",
                table: "reflection_steps",
                column: "reflection_id");

            migrationBuilder.CreateIndex(
                name: "ix_reflection_steps_version_id",
                table: "reflection_steps",
                column: "version_id");

            migrationBuilder.CreateIndex(
                name: "ix_reflections_authority_id",
                table: "reflections",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_reflections_authority_key_id",
                table: "reflections",
                column: "authority_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_reflections_written_by_id",
                table: "reflections",
                column: "written_by_id");

            migrationBuilder.Script("ThinkingSpace.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "domain_uses");

            migrationBuilder.DropTable(
                name: "reflection_steps");

            migrationBuilder.DropTable(
                name: "reflections");
        }
    }
}
