using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129132022_PostcodeDirectories")]
    public class PostcodeDirectories : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "miles_from_home",
                table: "care_episodes",
                type: "double precision",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "postcode_directories",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    edition = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    postcodes = table.Column<int>(type: "integer", nullable: false),
                    loaded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_postcode_directories", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "postcode_places",
                columns: table => new
                {
                    postcode = table.Column<string>(type: "text", nullable: false),
                    easting = table.Column<int>(type: "integer", nullable: false),
                    northing = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_postcode_places", x => x.postcode);
                });

            migrationBuilder.Script("PostcodeDirectories.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "postcode_directories");

            migrationBuilder.DropTable(
                name: "postcode_places");

            migrationBuilder.DropColumn(
                name: "miles_from_home",
                table: "care_episodes");
        }
    }
}
