using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Responses;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChildrensInfo.Core.Data;

internal sealed class ReflectionConfiguration : IEntityTypeConfiguration<Reflection>
{
    public void Configure(EntityTypeBuilder<Reflection> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(r => r.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(r => r.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(r => r.WrittenById).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(r => r.Steps).WithOne(s => s.Reflection).HasForeignKey(s => s.ReflectionId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(r => r.IndicatorKey).HasMaxLength(Indicator.KeyMaxLength);
        builder.Property(r => r.PictureJson).HasColumnType("jsonb");
        builder.Ignore(r => r.Picture).Ignore(r => r.DueOn);
    }
}

internal sealed class MonthlyPackConfiguration : IEntityTypeConfiguration<MonthlyPack>
{
    public void Configure(EntityTypeBuilder<MonthlyPack> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(p => p.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(p => p.KeptById).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(p => p.Views).WithOne(v => v.Pack).HasForeignKey(v => v.PackId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(p => p.Title).HasMaxLength(MonthlyPack.TitleMaxLength);
    }
}

internal sealed class PackViewConfiguration : IEntityTypeConfiguration<PackView>
{
    public void Configure(EntityTypeBuilder<PackView> builder)
    {
        builder.Property(v => v.Title).HasMaxLength(MonthlyPack.TitleMaxLength);
        builder.Property(v => v.IndicatorKey).HasMaxLength(Indicator.KeyMaxLength);
        builder.Ignore(v => v.View);
    }
}

internal sealed class PackEditionConfiguration : IEntityTypeConfiguration<PackEdition>
{
    public void Configure(EntityTypeBuilder<PackEdition> builder)
    {
        builder.HasOne<MonthlyPack>().WithMany().HasForeignKey(e => e.PackId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(e => e.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(e => e.ForewordById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(e => e.PublishedById).OnDelete(DeleteBehavior.Restrict);
        builder.Property(e => e.Title).HasMaxLength(MonthlyPack.TitleMaxLength);
        builder.Property(e => e.ViewsJson).HasColumnType("jsonb");
        // Two people who write at once: the second is told, and takes nothing from the first.
        builder.Property(e => e.ForewordAt).IsConcurrencyToken();
        builder.Property(e => e.PublishedAt).IsConcurrencyToken();
        // Two sites on the first of a month make one.
        builder.HasIndex(e => new { e.PackId, e.Month }).IsUnique();
        // Who answers for what was published is known.
        builder.ToTable(t => t.HasCheckConstraint("ck_pack_editions_signed", "(published_at is null) = (published_by_id is null) and (foreword is null or foreword_by_id is not null) and (foreword_at is null) = (foreword_by_id is null)"));
    }
}

internal sealed class DomainUseConfiguration : IEntityTypeConfiguration<DomainUse>
{
    public void Configure(EntityTypeBuilder<DomainUse> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(u => u.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(u => u.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(u => u.WrittenById).OnDelete(DeleteBehavior.Restrict);
        builder.Property(u => u.Domain).HasMaxLength(IndicatorDefinition.NameMaxLength);
    }
}

internal sealed class ReflectionStepConfiguration : IEntityTypeConfiguration<ReflectionStep>
{
    public void Configure(EntityTypeBuilder<ReflectionStep> builder)
    {
        builder.Property(s => s.Kind).HasConversion<string>();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(s => s.ById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ParticipationActivity>().WithMany().HasForeignKey(s => s.ActivityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<IndicatorVersion>().WithMany().HasForeignKey(s => s.VersionId).OnDelete(DeleteBehavior.Restrict);
        // A claim that something came of it names what.
        builder.ToTable(t => t.HasCheckConstraint("ck_reflection_steps_names_it",
            "(kind = 'BecameTakingPart') = (activity_id is not null) and (kind = 'BecameDefinition') = (version_id is not null) and (review_on is null or kind = 'Reviewed')"));
    }
}
