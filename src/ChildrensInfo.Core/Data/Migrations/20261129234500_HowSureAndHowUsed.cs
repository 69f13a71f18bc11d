using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129234500_HowSureAndHowUsed")]
    public class HowSureAndHowUsed : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(name: "not_used_reason", table: "voice_sessions", type: "text", nullable: true);
            migrationBuilder.AddColumn<string>(name: "confidence", table: "interpretations", type: "text", nullable: true);
            migrationBuilder.AddColumn<Guid>(name: "second_coder_id", table: "voice_codings", type: "uuid", nullable: true);
            migrationBuilder.AddColumn<DateTime>(name: "second_coded_at", table: "voice_codings", type: "timestamp with time zone", nullable: true);
            migrationBuilder.CreateIndex(name: "ix_voice_codings_second_coder_id", table: "voice_codings", column: "second_coder_id");
            migrationBuilder.AddForeignKey(
                name: "fk_voice_codings_people_second_coder_id", table: "voice_codings", column: "second_coder_id", principalTable: "people", principalColumn: "id", onDelete: ReferentialAction.Restrict);
            migrationBuilder.AddCheckConstraint(name: "ck_voice_codings_second_coder", table: "voice_codings", sql: "second_coder_id <> coder_id and (second_coder_id is null) = (second_coded_at is null)");
            migrationBuilder.Sql("grant update (second_coder_id, second_coded_at) on voice_codings to portal_app;");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new System.NotSupportedException("Migrations go forward only.");
    }
}
