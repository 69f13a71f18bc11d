using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128211717_RecordsFromDevices")]
    public class RecordsFromDevices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "clock_skew_ms",
                table: "voice_records",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "clock_source",
                table: "voice_records",
                type: "text",
                nullable: false,
                defaultValue: "Server");

            migrationBuilder.AddColumn<Guid>(
                name: "device_id",
                table: "voice_records",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "device_offset_minutes",
                table: "voice_records",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "device_sequence",
                table: "voice_records",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "device_time",
                table: "voice_records",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.Script("RecordsFromDevices.sql");

            migrationBuilder.AddCheckConstraint(
                name: "ck_voice_records_device",
                table: "voice_records",
                sql: "(clock_source = 'Device') = (device_id is not null) and (device_id is null) = (device_time is null) and (device_id is null) = (clock_skew_ms is null)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_voice_records_device",
                table: "voice_records");

            migrationBuilder.DropColumn(
                name: "clock_skew_ms",
                table: "voice_records");

            migrationBuilder.DropColumn(
                name: "clock_source",
                table: "voice_records");

            migrationBuilder.DropColumn(
                name: "device_id",
                table: "voice_records");

            migrationBuilder.DropColumn(
                name: "device_offset_minutes",
                table: "voice_records");

            migrationBuilder.DropColumn(
                name: "device_sequence",
                table: "voice_records");

            migrationBuilder.DropColumn(
                name: "device_time",
                table: "voice_records");
        }
    }
}
