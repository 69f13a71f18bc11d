using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129004059_PersonIdentities")]
    public class PersonIdentities : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "provider",
                table: "sign_ins",
                type: "character varying(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "second_factor_there",
                table: "sign_ins",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "person_identities",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    provider = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    address = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    issuer = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    subject = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    added_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    bound_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_person_identities", x => x.id);
                    table.CheckConstraint("ck_person_identities_awaited_or_bound", "(address is null) = (subject is not null) and (issuer is null) = (subject is null) and (bound_at is null) = (subject is null)");
                    table.ForeignKey(
                        name: "fk_person_identities_people_person_id",
                        column: x => x.person_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_person_identities_issuer_subject",
                table: "person_identities",
                columns: new[] { "issuer", "subject" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_person_identities_person_id_provider",
                table: "person_identities",
                columns: new[] { "person_id", "provider" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_person_identities_provider_address_authority_id",
                table: "person_identities",
                columns: new[] { "provider", "address", "authority_id" },
                unique: true);

            migrationBuilder.Script("PersonIdentities.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "person_identities");

            migrationBuilder.DropColumn(
                name: "provider",
                table: "sign_ins");

            migrationBuilder.DropColumn(
                name: "second_factor_there",
                table: "sign_ins");
        }
    }
}
