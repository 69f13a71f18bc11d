using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129233512_NamedRecipients")]
    public class NamedRecipients : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "shown_sealed",
                table: "consent_events",
                type: "bytea",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "named_recipients",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    name_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    named_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    named_by_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_named_recipients", x => x.id);
                    table.CheckConstraint("ck_named_recipients_purpose", "purpose in ('SharePro', 'TrainPublish')");
                    table.ForeignKey(
                        name: "fk_named_recipients_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_named_recipients_authority_id_child_id",
                table: "named_recipients",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_named_recipients_child_id",
                table: "named_recipients",
                column: "child_id");

            migrationBuilder.Script("NamedRecipients.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations go forward only.");
    }
}
