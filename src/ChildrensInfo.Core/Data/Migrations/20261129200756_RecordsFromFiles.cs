using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129200756_RecordsFromFiles")]
    public class RecordsFromFiles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(name: "ck_voice_records_device", table: "voice_records");
            migrationBuilder.AddCheckConstraint(name: "ck_voice_records_device", table: "voice_records", sql: "(clock_source = 'Device') = (device_id is not null) and (device_id is null) = (device_time is null) and (device_id is not null or clock_skew_ms is null)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new System.NotSupportedException("Migrations go forward only.");
    }
}
