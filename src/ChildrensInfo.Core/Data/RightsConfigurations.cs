using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChildrensInfo.Core.Data;

internal sealed class AccessRequestConfiguration : IEntityTypeConfiguration<AccessRequest>
{
    public void Configure(EntityTypeBuilder<AccessRequest> builder)
    {
        builder.BelongsToChild(nameof(AccessRequest.Child));
        builder.Property(r => r.Requester).HasConversion<string>();
        builder.Property(r => r.Identity).HasConversion<string>();
        builder.Property(r => r.State).HasConversion<string>();
        builder.Property(r => r.Version).IsRowVersion();
        builder.Ignore(r => r.DueOn);
        builder.HasOne(r => r.Relationship).WithMany().HasForeignKey(r => r.RelationshipId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(r => r.LoggedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(r => r.SentById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(r => r.ReleasedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(r => r.FileId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t =>
        {
            // Nobody releases what they chose themselves, whatever a form or a later page says.
            t.HasCheckConstraint("ck_access_requests_second_person", "released_by_id is null or (sent_by_id is not null and released_by_id <> sent_by_id)");
            t.HasCheckConstraint("ck_access_requests_released", "(state in ('Building', 'Ready', 'Destroyed')) = (released_by_id is not null) and (released_by_id is null or harm_found is not null)");
            t.HasCheckConstraint("ck_access_requests_file", "(state = 'Ready') = (file_id is not null) and (state = 'Destroyed') = (destroyed_at is not null) and (file_id is null or destroy_on is not null)");
            t.HasCheckConstraint("ck_access_requests_relation", "(requester = 'Relation') = (relationship_id is not null)");
        });
    }
}

internal sealed class AccessChoiceConfiguration : IEntityTypeConfiguration<AccessChoice>
{
    public void Configure(EntityTypeBuilder<AccessChoice> builder)
    {
        builder.BelongsToChild();
        builder.Property(c => c.Item).HasMaxLength(AccessChoice.ItemMaxLength);
        builder.Property(c => c.Reason).HasConversion<string>();
        builder.HasOne<AccessRequest>().WithMany().HasForeignKey(c => c.RequestId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(c => c.ById).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_access_choices_reason", "let_in = (reason in ('TheyAgreed', 'ReasonableWithout', 'Professional'))"));
    }
}

internal sealed class RetentionSettingConfiguration : IEntityTypeConfiguration<RetentionSetting>
{
    public void Configure(EntityTypeBuilder<RetentionSetting> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(s => s.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(s => s.SetById).OnDelete(DeleteBehavior.Restrict);
        builder.Property(s => s.RuleKey).HasMaxLength(RetentionSetting.KeyMaxLength);
        builder.Property(s => s.Reason).HasMaxLength(RetentionSetting.ReasonMaxLength * 2);
        builder.ToTable(t => t.HasCheckConstraint("ck_retention_settings_years", $"years between 1 and {RetentionSetting.MostYears}"));
    }
}

internal sealed class DutyNoteConfiguration : IEntityTypeConfiguration<DutyNote>
{
    public void Configure(EntityTypeBuilder<DutyNote> builder)
    {
        builder.MayBelongToChild();
        builder.Property(n => n.Kind).HasConversion<string>();
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(n => n.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(n => n.ById).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(n => n.AboutId);
    }
}

internal sealed class LegalHoldConfiguration : IEntityTypeConfiguration<LegalHold>
{
    public void Configure(EntityTypeBuilder<LegalHold> builder)
    {
        builder.MayBelongToChild();
        builder.Property(h => h.Cause).HasConversion<string>();
        builder.Property(h => h.Version).IsRowVersion();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(h => h.PlacedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(h => h.LiftedById).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_legal_holds_lifted", "(lifted_at is null) = (lifted_by_id is null)"));
    }
}

internal sealed class DisposalConfiguration : IEntityTypeConfiguration<Disposal>
{
    public void Configure(EntityTypeBuilder<Disposal> builder)
    {
        builder.BelongsToChild(nameof(Disposal.Child));
        builder.Property(d => d.Cause).HasConversion<string>();
        builder.Property(d => d.State).HasConversion<string>();
        builder.Property(d => d.RuleKey).HasMaxLength(RetentionSetting.KeyMaxLength);
        builder.Property(d => d.Version).IsRowVersion();
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(d => new { d.ChildId, d.VoiceRecordId }).HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ErasureRequest>().WithMany().HasForeignKey(d => d.ErasureRequestId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(d => d.ProposedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(d => d.DecidedById).OnDelete(DeleteBehavior.Restrict);
        // Two that wait at once would be agreed to one after the other, the second about nothing.
        builder.HasIndex(d => d.ChildId).IsUnique().HasFilter("state = 'Proposed'").HasDatabaseName("ux_disposals_proposed");
        builder.ToTable(t =>
        {
            // Nobody destroys by themselves, whatever a form or a later page says.
            t.HasCheckConstraint("ck_disposals_second_person", "state <> 'Done' or (decided_by_id is not null and decided_by_id <> proposed_by_id)");
            t.HasCheckConstraint("ck_disposals_decided", "(state = 'Proposed') = (decided_at is null) and (decided_at is null) = (decided_by_id is null) and (state = 'Done') = (records is not null and backups_until is not null)");
            t.HasCheckConstraint("ck_disposals_cause", "(cause = 'Erasure') = (erasure_request_id is not null) and (cause = 'Retention') = (kept_until is not null and rule_key is not null)");
        });
    }
}

internal sealed class ErasureRequestConfiguration : IEntityTypeConfiguration<ErasureRequest>
{
    public void Configure(EntityTypeBuilder<ErasureRequest> builder)
    {
        builder.BelongsToChild(nameof(ErasureRequest.Child));
        builder.Property(e => e.Requester).HasConversion<string>();
        builder.Property(e => e.Ground).HasConversion<string>();
        builder.Property(e => e.Version).IsRowVersion();
        builder.Ignore(e => e.DueOn);
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(e => new { e.ChildId, e.VoiceRecordId }).HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(e => e.LoggedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(e => e.DecidedById).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_erasure_requests_answer",
            "(granted is null) = (ground is null) and (granted is null) = (decided_at is null) and (granted is null or granted = (ground in ('NoLongerNeeded', 'PermissionTakenBack', 'Objected', 'Unlawful', 'LawSaysErase')))"));
    }
}

internal sealed class RectificationRequestConfiguration : IEntityTypeConfiguration<RectificationRequest>
{
    public void Configure(EntityTypeBuilder<RectificationRequest> builder)
    {
        builder.BelongsToChild(nameof(RectificationRequest.Child));
        builder.Property(r => r.Requester).HasConversion<string>();
        builder.Property(r => r.Answer).HasConversion<string>();
        builder.Property(r => r.Version).IsRowVersion();
        builder.Ignore(r => r.DueOn);
        builder.HasOne<Relationship>().WithMany().HasForeignKey(r => new { r.ChildId, r.RelationshipId }).HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(r => new { r.ChildId, r.VoiceRecordId }).HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(r => new { r.ChildId, r.StatementId }).HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(r => r.LoggedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(r => r.DecidedById).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t =>
        {
            t.HasCheckConstraint("ck_rectification_requests_answer", "(answer is null) = (decided_at is null) and (answer is null) = (decided_by_id is null) and (answer is not distinct from 'StatementBeside') = (statement_id is not null)");
            t.HasCheckConstraint("ck_rectification_requests_relation", "(requester = 'Relation') = (relationship_id is not null)");
        });
    }
}

internal sealed class RestrictionConfiguration : IEntityTypeConfiguration<Restriction>
{
    public void Configure(EntityTypeBuilder<Restriction> builder)
    {
        builder.BelongsToChild();
        builder.Property(r => r.Ground).HasConversion<string>();
        builder.Property(r => r.Version).IsRowVersion();
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(r => new { r.ChildId, r.VoiceRecordId }).HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(r => r.PlacedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(r => r.LiftedById).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_restrictions_lifted", "(lifted_at is null) = (lifted_by_id is null)"));
    }
}

internal sealed class RestrictionOpeningConfiguration : IEntityTypeConfiguration<RestrictionOpening>
{
    public void Configure(EntityTypeBuilder<RestrictionOpening> builder)
    {
        builder.BelongsToChild();
        builder.Property(o => o.Purpose).HasConversion<string>();
        builder.HasOne<Restriction>().WithMany().HasForeignKey(o => o.RestrictionId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(o => o.PersonId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(o => o.OpenedById).OnDelete(DeleteBehavior.Restrict);
        // A longer one would lift it without anybody having decided that.
        builder.ToTable(t => t.HasCheckConstraint("ck_restriction_openings_hours", $"until > opened_at and until <= opened_at + interval '{RestrictionOpening.Hours} hours'"));
    }
}

internal sealed class DataBreachConfiguration : IEntityTypeConfiguration<DataBreach>
{
    public void Configure(EntityTypeBuilder<DataBreach> builder)
    {
        builder.ToTable("data_breaches");
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(b => b.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.PrimitiveCollection(b => b.Data).ElementType().HasConversion<string>();
        builder.Property(b => b.Risk).HasConversion<string>();
        builder.Property(b => b.Version).IsRowVersion();
        builder.Ignore(b => b.TellBy).Ignore(b => b.ClockRuns);
        builder.HasOne<BreachReport>().WithMany().HasForeignKey(b => b.ReportId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(b => b.ReportId).IsUnique();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(b => b.LoggedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(b => b.LookedAtById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(b => b.ClosedById).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t =>
        {
            // Nobody closes what they dealt with themselves, whatever a form or a later page says.
            t.HasCheckConstraint("ck_data_breaches_second_person", "closed_by_id is null or (closed_by_id <> logged_by_id and looked_at_by_id is not null and closed_by_id <> looked_at_by_id)");
            t.HasCheckConstraint("ck_data_breaches_closed", "(closed_at is null) = (closed_by_id is null) and (closed_at is null or (risk is not null and (told_ico_at is not null or not_told)))");
            t.HasCheckConstraint("ck_data_breaches_people", "people >= 1");
        });
    }
}
