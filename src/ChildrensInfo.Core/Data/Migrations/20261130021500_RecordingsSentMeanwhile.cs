using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261130021500_RecordingsSentMeanwhile")]
    public class RecordingsSentMeanwhile : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(name: "session_id", table: "files", type: "uuid", nullable: true);
            migrationBuilder.AddColumn<int>(name: "recorded_ms", table: "files", type: "integer", nullable: true);
            migrationBuilder.AddColumn<string>(name: "gaps_json", table: "files", type: "jsonb", nullable: true);
            migrationBuilder.AddColumn<bool>(name: "recording_ended", table: "files", type: "boolean", nullable: false, defaultValue: false);
            migrationBuilder.CreateIndex(name: "ix_files_child_id_session_id", table: "files", columns: ["child_id", "session_id"]);
            migrationBuilder.AddForeignKey(
                name: "fk_files_voice_sessions_child_id_session_id", table: "files", columns: ["child_id", "session_id"],
                principalTable: "voice_sessions", principalColumns: ["child_id", "id"], onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new System.NotSupportedException("Migrations go forward only.");
    }
}
