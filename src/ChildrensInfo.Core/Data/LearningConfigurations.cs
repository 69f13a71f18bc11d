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

internal sealed class InformationUseProjectConfiguration : IEntityTypeConfiguration<InformationUseProject>
{
    public void Configure(EntityTypeBuilder<InformationUseProject> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(p => p.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(p => p.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(p => p.WrittenById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Reflection>().WithMany().HasForeignKey(p => p.ReflectionId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(p => p.Versions).WithOne(v => v.Project).HasForeignKey(v => v.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(p => p.Steps).WithOne(s => s.Project).HasForeignKey(s => s.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(p => p.Domain).HasMaxLength(IndicatorDefinition.NameMaxLength);
        builder.Property(p => p.IndicatorKey).HasMaxLength(Indicator.KeyMaxLength);
        builder.Ignore(p => p.Newest).Ignore(p => p.Stage).Ignore(p => p.DueOn).Ignore(p => p.WaitsToBeTold).Ignore(p => p.Shared);
    }
}

internal sealed class InformationUseVersionConfiguration : IEntityTypeConfiguration<InformationUseVersion>
{
    public void Configure(EntityTypeBuilder<InformationUseVersion> builder)
    {
        builder.HasOne<AppUser>().WithMany().HasForeignKey(v => v.WrittenById).OnDelete(DeleteBehavior.Restrict);
        // Of two people who change it at once, the second is told.
        builder.HasIndex(v => new { v.ProjectId, v.Number }).IsUnique();
    }
}

internal sealed class InformationUseStepConfiguration : IEntityTypeConfiguration<InformationUseStep>
{
    public void Configure(EntityTypeBuilder<InformationUseStep> builder)
    {
        builder.Property(s => s.Kind).HasConversion<string>();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(s => s.ById).OnDelete(DeleteBehavior.Restrict);
        // It ends once, and not without saying that children were told, or why not yet.
        builder.HasIndex(s => s.ProjectId).IsUnique().HasFilter("kind = 'Ended'").HasDatabaseName("ix_information_use_steps_ends_once");
        builder.ToTable(t => t.HasCheckConstraint("ck_information_use_steps_told",
            "(kind <> 'Ended' or (told_on is not null) <> is_not_told) and (kind <> 'Told' or told_on is not null) and (told_on is null or kind in ('Ended', 'Told')) and (not is_not_told or kind = 'Ended') and ((kind = 'Reviewed') = (review_on is not null))"));
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
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(s => s.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(s => s.ById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ParticipationActivity>().WithMany().HasForeignKey(s => s.ActivityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<IndicatorVersion>().WithMany().HasForeignKey(s => s.VersionId).OnDelete(DeleteBehavior.Restrict);
        // A claim that something came of it names what.
        builder.ToTable(t => t.HasCheckConstraint("ck_reflection_steps_names_it",
            "(kind = 'BecameTakingPart') = (activity_id is not null) and (kind = 'BecameDefinition') = (version_id is not null) and (review_on is null or kind = 'Reviewed')"));
    }
}
