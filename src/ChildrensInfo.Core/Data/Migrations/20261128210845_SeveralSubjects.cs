using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChildrensInfo.Core.Data.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(AppDbContext))]
    [Migration("20261128210845_SeveralSubjects")]
    public class SeveralSubjects : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Script("SeveralSubjects.sql");

            migrationBuilder.AddCheckConstraint(
                name: "ck_voice_records_subjects",
                table: "voice_records",
                sql: "(kind = 'Declined') = (cardinality(subjects) = 0)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_voice_records_subjects",
                table: "voice_records");

            // Back there is room for one: the first.
            migrationBuilder.Sql("""
                alter table voice_records alter column subjects type text using coalesce(subjects[1], 'MyLife');
                alter table voice_records rename column subjects to subject_matter;
                alter table asks alter column about type text using about[1];
                """);
        }
    }
}
