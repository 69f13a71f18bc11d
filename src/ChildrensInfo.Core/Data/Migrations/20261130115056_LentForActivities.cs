using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261130115056_LentForActivities")]
    public class LentForActivities : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "activity_id",
                table: "child_modes",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_child_modes_activity_id",
                table: "child_modes",
                column: "activity_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_child_modes_for",
                table: "child_modes",
                sql: "(session_id is null) = (activity_id is not null) and (child_id is not null or session_id is null)");

            migrationBuilder.AddForeignKey(
                name: "fk_child_modes_authorities_authority_id",
                table: "child_modes",
                column: "authority_id",
                principalTable: "authorities",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_child_modes_participation_activities_activity_id",
                table: "child_modes",
                column: "activity_id",
                principalTable: "participation_activities",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.Script("LentForActivities.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations go forward only.");
    }
}
