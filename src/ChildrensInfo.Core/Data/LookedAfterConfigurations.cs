using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.Ssda903;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChildrensInfo.Core.Data;

// The unique index of each is the key by which next month's edition of a return finds the row again instead of doubling it.

internal sealed class CareDetailsConfiguration : IEntityTypeConfiguration<CareDetails>
{
    public void Configure(EntityTypeBuilder<CareDetails> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(d => d.ChildId).IsUnique();
    }
}

internal sealed class CareEpisodeConfiguration : IEntityTypeConfiguration<CareEpisode>
{
    public void Configure(EntityTypeBuilder<CareEpisode> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(e => new { e.ChildId, e.StartedOn, e.Ordinal }).IsUnique();
        builder.HasIndex(e => new { e.AuthorityId, e.StartedOn, e.EndedOn });
    }
}

internal sealed class CareReviewConfiguration : IEntityTypeConfiguration<CareReview>
{
    public void Configure(EntityTypeBuilder<CareReview> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(e => new { e.ChildId, e.ReviewedOn, e.Ordinal }).IsUnique();
        builder.HasIndex(e => new { e.AuthorityId, e.ReviewedOn });
    }
}

internal sealed class CareOutcomeConfiguration : IEntityTypeConfiguration<CareOutcome>
{
    public void Configure(EntityTypeBuilder<CareOutcome> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(e => new { e.ChildId, e.Year }).IsUnique();
        builder.HasIndex(e => new { e.AuthorityId, e.Year });
        builder.ToTable(t => t.HasCheckConstraint("ck_care_outcomes_sdq", "sdq_score between 0 and 40"));
    }
}

internal sealed class CareLeaverConfiguration : IEntityTypeConfiguration<CareLeaver>
{
    public void Configure(EntityTypeBuilder<CareLeaver> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(e => new { e.ChildId, e.Year }).IsUnique();
        builder.HasIndex(e => new { e.AuthorityId, e.Year });
    }
}

internal sealed class CareAdoptionConfiguration : IEntityTypeConfiguration<CareAdoption>
{
    public void Configure(EntityTypeBuilder<CareAdoption> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(e => new { e.ChildId, e.Year }).IsUnique();
        builder.HasIndex(e => new { e.AuthorityId, e.Year });
    }
}

internal sealed class AdoptionPlanConfiguration : IEntityTypeConfiguration<AdoptionPlan>
{
    public void Configure(EntityTypeBuilder<AdoptionPlan> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(e => new { e.ChildId, e.DecidedOn, e.Ordinal }).IsUnique();
    }
}

internal sealed class PreviousPermanenceConfiguration : IEntityTypeConfiguration<PreviousPermanence>
{
    public void Configure(EntityTypeBuilder<PreviousPermanence> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(e => new { e.ChildId, e.OrderedOn, e.Ordinal }).IsUnique();
    }
}

internal sealed class MissingEpisodeConfiguration : IEntityTypeConfiguration<MissingEpisode>
{
    public void Configure(EntityTypeBuilder<MissingEpisode> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(e => new { e.ChildId, e.StartedOn, e.Ordinal }).IsUnique();
        builder.HasIndex(e => new { e.AuthorityId, e.StartedOn });
    }
}

internal sealed class CareWorkerConfiguration : IEntityTypeConfiguration<CareWorker>
{
    public void Configure(EntityTypeBuilder<CareWorker> builder)
    {
        builder.CameWithAReturn();
        builder.HasIndex(e => new { e.ChildId, e.StartedOn, e.Ordinal }).IsUnique();
    }
}

internal sealed class SafeguardingRowConfiguration : IEntityTypeConfiguration<SafeguardingRow>
{
    public void Configure(EntityTypeBuilder<SafeguardingRow> builder)
    {
        builder.Property(r => r.Content).HasColumnType("jsonb");
        builder.HasIndex(r => new { r.AuthorityId, r.TableName, r.RowKey }).IsUnique();
        builder.HasIndex(r => r.ChildId);
        builder.HasOne<Return>().WithMany().HasForeignKey(r => r.ReturnId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Child>().WithMany().HasForeignKey(r => new { r.AuthorityId, r.ChildId })
            .HasPrincipalKey(c => new { c.AuthorityId, c.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal static class LookedAfterBuilder
{
    public static void CameWithAReturn<T>(this EntityTypeBuilder<T> builder) where T : LookedAfterEvent
    {
        builder.BelongsToChild();
        builder.HasOne<Return>().WithMany().HasForeignKey(e => e.ReturnId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class PostcodePlaceConfiguration : IEntityTypeConfiguration<PostcodePlace>
{
    public void Configure(EntityTypeBuilder<PostcodePlace> builder) => builder.ToTable("postcode_places").HasKey(p => p.Postcode);
}

internal sealed class PostcodeDirectoryConfiguration : IEntityTypeConfiguration<PostcodeDirectory>
{
    public void Configure(EntityTypeBuilder<PostcodeDirectory> builder) => builder.ToTable("postcode_directories").Property(d => d.Edition).HasMaxLength(PostcodeDirectory.EditionMaxLength);
}
