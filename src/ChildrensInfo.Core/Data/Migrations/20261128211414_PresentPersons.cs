using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128211414_PresentPersons")]
    public class PresentPersons : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "present_persons",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    who_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    role = table.Column<string>(type: "text", nullable: false),
                    in_earshot = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_present_persons", x => x.id);
                    table.ForeignKey(
                        name: "fk_present_persons_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_present_persons_voice_sessions_child_id_session_id",
                        columns: x => new { x.child_id, x.session_id },
                        principalTable: "voice_sessions",
                        principalColumns: new[] { "child_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_present_persons_authority_id_child_id",
                table: "present_persons",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_present_persons_child_id",
                table: "present_persons",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_present_persons_child_id_session_id",
                table: "present_persons",
                columns: new[] { "child_id", "session_id" });

            migrationBuilder.Script("PresentPersons.sql");

            migrationBuilder.DropColumn(
                name: "earshot",
                table: "voice_sessions");

            migrationBuilder.DropColumn(
                name: "present_sealed",
                table: "voice_sessions");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "earshot",
                table: "voice_sessions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "present_sealed",
                table: "voice_sessions",
                type: "bytea",
                nullable: true);

            // What stood as one text goes back, and whether anybody could hear. Who was written down since is sealed under a number of its own and cannot.
            migrationBuilder.Sql("""
                alter table voice_sessions disable trigger user;
                update voice_sessions s set present_sealed = p.who_sealed from present_persons p where p.id = s.id;
                update voice_sessions s set earshot = (select case when bool_or(p.in_earshot = 'Yes') then 'Somebody' when bool_or(p.in_earshot = 'Partly') then 'PartOfTheTime' when bool_and(p.in_earshot = 'No') then 'Nobody' end
                    from present_persons p where p.session_id = s.id);
                alter table voice_sessions enable trigger user;
                """);

            migrationBuilder.DropTable(
                name: "present_persons");
        }
    }
}
