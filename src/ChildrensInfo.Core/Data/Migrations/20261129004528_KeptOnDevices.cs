using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261129004528_KeptOnDevices")]
    public class KeptOnDevices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "device_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    public_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    authority_key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_keys", x => x.id);
                    table.ForeignKey(
                        name: "fk_device_keys_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_device_keys_authority_keys_authority_key_id",
                        column: x => x.authority_key_id,
                        principalTable: "authority_keys",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "devices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seen_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    sent_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    on_device = table.Column<int>(type: "integer", nullable: false),
                    sending = table.Column<int>(type: "integer", nullable: false),
                    needs_you = table.Column<int>(type: "integer", nullable: false),
                    oldest_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    gone_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    gone_by_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_devices", x => x.id);
                    table.ForeignKey(
                        name: "fk_devices_authorities_authority_id",
                        column: x => x.authority_id,
                        principalTable: "authorities",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_devices_people_gone_by_id",
                        column: x => x.gone_by_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_devices_people_person_id",
                        column: x => x.person_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "taken_backs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    authority_id = table.Column<Guid>(type: "uuid", nullable: false),
                    child_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    item_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: false),
                    why_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    taken_back_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    received_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    had_arrived = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_taken_backs", x => x.id);
                    table.ForeignKey(
                        name: "fk_taken_backs_children_authority_id_child_id",
                        columns: x => new { x.authority_id, x.child_id },
                        principalTable: "children",
                        principalColumns: new[] { "authority_id", "id" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_taken_backs_people_person_id",
                        column: x => x.person_id,
                        principalTable: "people",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_device_keys_authority_id_created_at",
                table: "device_keys",
                columns: new[] { "authority_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_device_keys_authority_key_id",
                table: "device_keys",
                column: "authority_key_id");

            migrationBuilder.CreateIndex(
                name: "ix_devices_authority_id",
                table: "devices",
                column: "authority_id");

            migrationBuilder.CreateIndex(
                name: "ix_devices_gone_by_id",
                table: "devices",
                column: "gone_by_id");

            migrationBuilder.CreateIndex(
                name: "ix_devices_person_id",
                table: "devices",
                column: "person_id");

            migrationBuilder.CreateIndex(
                name: "ix_taken_backs_authority_id_child_id",
                table: "taken_backs",
                columns: new[] { "authority_id", "child_id" });

            migrationBuilder.CreateIndex(
                name: "ix_taken_backs_child_id",
                table: "taken_backs",
                column: "child_id");

            migrationBuilder.CreateIndex(
                name: "ix_taken_backs_item_id",
                table: "taken_backs",
                column: "item_id");

            migrationBuilder.CreateIndex(
                name: "ix_taken_backs_person_id",
                table: "taken_backs",
                column: "person_id");

            migrationBuilder.Script("TakenBack.sql");
            migrationBuilder.Script("DeviceKeys.sql");
            migrationBuilder.Script("Devices.sql");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "device_keys");

            migrationBuilder.DropTable(
                name: "devices");

            migrationBuilder.DropTable(
                name: "taken_backs");
        }
    }
}
