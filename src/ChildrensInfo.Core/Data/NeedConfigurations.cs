using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChildrensInfo.Core.Data;

internal sealed class IndicatorConfiguration : IEntityTypeConfiguration<Indicator>
{
    public void Configure(EntityTypeBuilder<Indicator> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(i => i.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(i => i.Key).HasMaxLength(Indicator.KeyMaxLength);
        // Two of one key would make it a matter of chance which one is worked out.
        builder.HasIndex(i => new { i.AuthorityId, i.Key }).IsUnique().AreNullsDistinct(false);
    }
}

internal sealed class IndicatorVersionConfiguration : IEntityTypeConfiguration<IndicatorVersion>
{
    public void Configure(EntityTypeBuilder<IndicatorVersion> builder)
    {
        builder.HasOne(v => v.Indicator).WithMany(i => i.Versions).HasForeignKey(v => v.IndicatorId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(v => new { v.IndicatorId, v.Number }).IsUnique();
        builder.Property(v => v.Reason).HasMaxLength(IndicatorVersion.ReasonMaxLength);
        builder.Property(v => v.DefinitionJson).HasColumnType("jsonb");
        builder.Ignore(v => v.Definition);
    }
}

internal sealed class IndicatorReleaseConfiguration : IEntityTypeConfiguration<IndicatorRelease>
{
    public void Configure(EntityTypeBuilder<IndicatorRelease> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(r => r.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<IndicatorVersion>().WithMany().HasForeignKey(r => r.VersionId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(r => r.Key).HasMaxLength(Indicator.KeyMaxLength);
        // Two releases of one question could be taken from each other.
        builder.HasIndex(r => new { r.AuthorityId, r.Key, r.Day }).IsUnique();
    }
}

internal sealed class PopulationConfiguration : IEntityTypeConfiguration<Population>
{
    public void Configure(EntityTypeBuilder<Population> builder)
    {
        builder.ToTable("populations");
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(p => p.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(p => p.Source).HasMaxLength(Population.SourceMaxLength);
        builder.HasIndex(p => new { p.AuthorityId, p.Year }).IsUnique();
    }
}

internal sealed class EthnicPopulationConfiguration : IEntityTypeConfiguration<EthnicPopulation>
{
    public void Configure(EntityTypeBuilder<EthnicPopulation> builder)
    {
        builder.ToTable("ethnic_populations");
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(p => p.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(p => p.KeptById).OnDelete(DeleteBehavior.Restrict);
        builder.Property(p => p.Source).HasMaxLength(Population.SourceMaxLength);
        builder.Property(p => p.Reason).HasMaxLength(EthnicPopulation.ReasonMaxLength);
        builder.Ignore(p => p.All).Ignore(p => p.Groups);
        builder.HasIndex(p => new { p.AuthorityId, p.Year, p.Number }).IsUnique();
    }
}

internal sealed class VoiceCodingConfiguration : IEntityTypeConfiguration<VoiceCoding>
{
    public void Configure(EntityTypeBuilder<VoiceCoding> builder)
    {
        builder.BelongsToChild();
        builder.Property(c => c.Theme).HasMaxLength(40);
        builder.Property(c => c.CodedBy).HasConversion<string>();
        builder.Property(c => c.Priority).HasConversion<string>();
        builder.Property(c => c.Direction).HasConversion<string>();
        builder.Property(c => c.Views).HasConversion<string>();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(c => c.CoderId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(c => c.SecondCoderId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(c => new { c.ChildId, c.VoiceRecordId }).HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        // The same theme twice would count one child's word as two.
        builder.HasIndex(c => new { c.VoiceRecordId, c.Theme, c.CodedBy }).IsUnique().HasFilter("removed_at is null");
        // How much it matters is the child's to say.
        builder.ToTable(t => t.HasCheckConstraint("ck_voice_codings_priority", "coded_by = 'Child' or priority = 'NotSaid'"));
        // The first who seconds it or takes it away stands; whoever does at the same moment is told.
        builder.Property(c => c.SecondCodedAt).IsConcurrencyToken();
        builder.Property(c => c.RemovedAt).IsConcurrencyToken();
        // Nobody seconds themselves.
        builder.ToTable(t => t.HasCheckConstraint("ck_voice_codings_second_coder", "second_coder_id <> coder_id and (second_coder_id is null) = (second_coded_at is null)"));
    }
}
