using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <summary>What was written of it so far stays as it is, beside the list.</summary>
    [DbContext(typeof(AppDbContext))]
    [Migration("20261204000200_HowAChildCommunicates")]
    public class HowAChildCommunicates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.AddColumn<string[]>(name: "communicates_with", table: "children", type: "text[]", nullable: false, defaultValue: Array.Empty<string>());

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations go forward only.");
    }
}
