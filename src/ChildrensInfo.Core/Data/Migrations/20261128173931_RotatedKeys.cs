using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128173931_RotatedKeys")]
    public class RotatedKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "authority_key_id",
                table: "reflection_steps",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "authority_key_id",
                table: "participation_steps",
                type: "uuid",
                nullable: true);

            migrationBuilder.Script("RotatedKeysBefore.sql");

            migrationBuilder.Sql("ALTER TABLE reflection_steps ALTER COLUMN authority_key_id SET NOT NULL;");

            migrationBuilder.CreateIndex(
                name: "ix_reflection_steps_authority_key_id",
                table: "reflection_steps",
                column: "authority_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_participation_steps_authority_key_id",
                table: "participation_steps",
                column: "authority_key_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_participation_steps_key",
                table: "participation_steps",
                sql: "(child_id is null and sealed is not null) = (authority_key_id is not null)");

            migrationBuilder.CreateIndex(
                name: "ix_participation_activities_authority_key_id",
                table: "participation_activities",
                column: "authority_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_files_authority_key_id",
                table: "files",
                column: "authority_key_id");

            migrationBuilder.AddForeignKey(
                name: "fk_files_authority_keys_authority_key_id",
                table: "files",
                column: "authority_key_id",
                principalTable: "authority_keys",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_participation_activities_authority_keys_authority_key_id",
                table: "participation_activities",
                column: "authority_key_id",
                principalTable: "authority_keys",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_participation_steps_authority_keys_authority_key_id",
                table: "participation_steps",
                column: "authority_key_id",
                principalTable: "authority_keys",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_reflection_steps_authority_keys_authority_key_id",
                table: "reflection_steps",
                column: "authority_key_id",
                principalTable: "authority_keys",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.Script("RotatedKeys.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_files_authority_keys_authority_key_id",
                table: "files");

            migrationBuilder.DropForeignKey(
                name: "fk_participation_activities_authority_keys_authority_key_id",
                table: "participation_activities");

            migrationBuilder.DropForeignKey(
                name: "fk_participation_steps_authority_keys_authority_key_id",
                table: "participation_steps");

            migrationBuilder.DropForeignKey(
                name: "fk_reflection_steps_authority_keys_authority_key_id",
                table: "reflection_steps");

            migrationBuilder.DropIndex(
                name: "ix_reflection_steps_authority_key_id",
                table: "reflection_steps");

            migrationBuilder.DropIndex(
                name: "ix_participation_steps_authority_key_id",
                table: "participation_steps");

            migrationBuilder.DropCheckConstraint(
                name: "ck_participation_steps_key",
                table: "participation_steps");

            migrationBuilder.DropIndex(
                name: "ix_participation_activities_authority_key_id",
                table: "participation_activities");

            migrationBuilder.DropIndex(
                name: "ix_files_authority_key_id",
                table: "files");

            migrationBuilder.DropColumn(
                name: "authority_key_id",
                table: "reflection_steps");

            migrationBuilder.DropColumn(
                name: "authority_key_id",
                table: "participation_steps");
        }
    }
}
