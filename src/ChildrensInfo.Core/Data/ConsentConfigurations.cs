using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChildrensInfo.Core.Data;

internal sealed class ConsentEventConfiguration : IEntityTypeConfiguration<ConsentEvent>
{
    public void Configure(EntityTypeBuilder<ConsentEvent> builder)
    {
        builder.BelongsToChild(nameof(ConsentEvent.Child));
        builder.HasAlternateKey(e => new { e.ChildId, e.Id });
        builder.Property(e => e.Purpose).HasConversion<string>();
        builder.Property(e => e.Scope).HasConversion<string>();
        builder.Property(e => e.Type).HasConversion<string>();
        builder.Property(e => e.DecidedBy).HasConversion<string>();
        builder.Property(e => e.Grade).HasConversion<string>();
        builder.Property(e => e.ChildPosition).HasConversion<string>();
        builder.Property(e => e.Method).HasConversion<string>();
        builder.Property(e => e.ClockSource).HasConversion<string>().HasDefaultValue(ClockSource.Server);
        builder.Property(e => e.Wants).HasConversion<string>();
        builder.PrimitiveCollection(e => e.ExpiresWhen).HasDefaultValueSql("'{}'").ElementType().HasConversion<string>();
        builder.HasIndex(e => new { e.ChildId, e.Purpose, e.OccurredAt });
        builder.HasIndex(e => new { e.AuthorityId, e.Purpose });
        builder.HasOne(e => e.Wording).WithMany().HasForeignKey(e => e.WordingId).OnDelete(DeleteBehavior.Restrict);
        // Somebody of this child's must have decided: a forged id of another child's mother is refused here too.
        builder.HasOne(e => e.DecidedByRelationship).WithMany().HasForeignKey(e => new { e.ChildId, e.DecidedByRelationshipId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<CompetenceAssessment>().WithMany().HasForeignKey(e => new { e.ChildId, e.CompetenceAssessmentId })
            .HasPrincipalKey(c => new { c.ChildId, c.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(e => e.EvidenceFileId).OnDelete(DeleteBehavior.Restrict);
        // A mistake or a newer decision of another child's would change the answer for this one.
        builder.HasOne<ConsentEvent>().WithMany().HasForeignKey(e => new { e.ChildId, e.CorrectsEventId })
            .HasPrincipalKey(e => new { e.ChildId, e.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ConsentEvent>().WithMany().HasForeignKey(e => new { e.ChildId, e.SupersedesEventId })
            .HasPrincipalKey(e => new { e.ChildId, e.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint(
            "ck_consent_events_decided_by",
            "type not in ('Given', 'Refused', 'Withdrawn', 'Renewed', 'Objected') or decided_by is not null"));
        // A yes that nobody said would look like any other.
        builder.ToTable(t => t.HasCheckConstraint("ck_consent_events_not_inferred", "type not in ('Given', 'Renewed') or method <> 'Inferred'"));
        builder.ToTable(t => t.HasCheckConstraint("ck_consent_events_by_somebody", "type not in ('Given', 'Renewed') or decided_by <> 'SomebodyElse'"));
        // A mistake must say what it was and why; nothing else may point at one.
        builder.ToTable(t => t.HasCheckConstraint("ck_consent_events_in_error", "(type = 'EnteredInError') = (corrects_event_id is not null)"));
        builder.ToTable(t => t.HasCheckConstraint("ck_consent_events_wants", "wants is null or type in ('Withdrawn', 'Refused', 'Objected')"));
        builder.ToTable(t => t.HasCheckConstraint("ck_consent_events_scope", "(scope = 'Purpose') = (scope_id is null)"));
    }
}

internal sealed class CompetenceAssessmentConfiguration : IEntityTypeConfiguration<CompetenceAssessment>
{
    public void Configure(EntityTypeBuilder<CompetenceAssessment> builder)
    {
        builder.BelongsToChild();
        builder.HasAlternateKey(c => new { c.ChildId, c.Id });
        builder.Property(c => c.Purpose).HasConversion<string>();
        builder.Property(c => c.Outcome).HasConversion<string>();
        builder.Property(c => c.WhatItIs).HasConversion<string>();
        builder.Property(c => c.WhatFor).HasConversion<string>();
        builder.Property(c => c.WhoWillSee).HasConversion<string>();
        builder.Property(c => c.CanSayNo).HasConversion<string>();
        builder.Property(c => c.WhatMayHappen).HasConversion<string>();
        builder.Property(c => c.FreeFromPressure).HasConversion<string>();
    }
}

internal sealed class ParentalResponsibilityConfiguration : IEntityTypeConfiguration<ParentalResponsibility>
{
    public void Configure(EntityTypeBuilder<ParentalResponsibility> builder)
    {
        builder.BelongsToChild();
        builder.Property(p => p.Evidence).HasConversion<string>();
        builder.HasOne(p => p.Relationship).WithMany(r => r.Responsibilities).HasForeignKey(p => new { p.ChildId, p.RelationshipId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_parental_responsibilities_days", "to_on >= from_on"));
    }
}

internal sealed class DelegatedAuthorityConfiguration : IEntityTypeConfiguration<DelegatedAuthority>
{
    public void Configure(EntityTypeBuilder<DelegatedAuthority> builder)
    {
        builder.BelongsToChild();
        builder.Property(p => p.Evidence).HasConversion<string>();
        builder.PrimitiveCollection(p => p.Purposes).ElementType().HasConversion<string>();
        builder.HasOne(p => p.Relationship).WithMany().HasForeignKey(p => new { p.ChildId, p.RelationshipId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_delegated_authorities_days", "to_on >= from_on"));
    }
}

internal sealed class LegalStatusConfiguration : IEntityTypeConfiguration<LegalStatus>
{
    public void Configure(EntityTypeBuilder<LegalStatus> builder)
    {
        builder.BelongsToChild();
        builder.Property(s => s.Kind).HasConversion<string>();
        builder.ToTable(t => t.HasCheckConstraint("ck_legal_statuses_days", "to_on >= from_on"));
    }
}

internal sealed class ConsentOrderConfiguration : IEntityTypeConfiguration<ConsentOrder>
{
    public void Configure(EntityTypeBuilder<ConsentOrder> builder)
    {
        builder.BelongsToChild();
        builder.HasOne<ConsentEvent>().WithMany().HasForeignKey(o => new { o.ChildId, o.FirstEventId })
            .HasPrincipalKey(e => new { e.ChildId, e.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ConsentEvent>().WithMany().HasForeignKey(o => new { o.ChildId, o.LastEventId })
            .HasPrincipalKey(e => new { e.ChildId, e.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_consent_orders_two", "first_event_id <> last_event_id"));
    }
}

internal sealed class WithdrawalOutcomeConfiguration : IEntityTypeConfiguration<WithdrawalOutcome>
{
    public void Configure(EntityTypeBuilder<WithdrawalOutcome> builder)
    {
        builder.BelongsToChild();
        builder.Property(o => o.Wants).HasConversion<string>();
        builder.HasOne<ConsentEvent>().WithMany().HasForeignKey(o => new { o.ChildId, o.EventId })
            .HasPrincipalKey(e => new { e.ChildId, e.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class MediaErasureConfiguration : IEntityTypeConfiguration<MediaErasure>
{
    public void Configure(EntityTypeBuilder<MediaErasure> builder)
    {
        builder.BelongsToChild();
        builder.HasIndex(e => e.FileId).IsUnique();
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(e => e.FileId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(e => new { e.ChildId, e.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ConsentEvent>().WithMany().HasForeignKey(e => new { e.ChildId, e.EventId })
            .HasPrincipalKey(e => new { e.ChildId, e.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class NamedRecipientConfiguration : IEntityTypeConfiguration<NamedRecipient>
{
    public void Configure(EntityTypeBuilder<NamedRecipient> builder)
    {
        builder.BelongsToChild();
        builder.Property(n => n.Purpose).HasConversion<string>();
        builder.ToTable(t => t.HasCheckConstraint("ck_named_recipients_purpose", "purpose in ('SharePro', 'TrainPublish')"));
    }
}

internal sealed class ConsentReceiptConfiguration : IEntityTypeConfiguration<ConsentReceipt>
{
    public void Configure(EntityTypeBuilder<ConsentReceipt> builder)
    {
        builder.BelongsToChild();
        builder.Property(r => r.Form).HasConversion<string>();
        builder.HasOne<ConsentEvent>().WithMany().HasForeignKey(r => new { r.ChildId, r.EventId })
            .HasPrincipalKey(e => new { e.ChildId, e.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ConsentUseConfiguration : IEntityTypeConfiguration<ConsentUse>
{
    public void Configure(EntityTypeBuilder<ConsentUse> builder)
    {
        builder.BelongsToChild();
        builder.Property(u => u.Purpose).HasConversion<string>();
        builder.Property(u => u.Surface).HasConversion<string>();
        builder.HasOne(u => u.Event).WithMany().HasForeignKey(u => new { u.ChildId, u.EventId })
            .HasPrincipalKey(e => new { e.ChildId, e.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(u => new { u.AuthorityId, u.UsedAt });
    }
}

internal sealed class DisclosureDecisionConfiguration : IEntityTypeConfiguration<DisclosureDecision>
{
    public void Configure(EntityTypeBuilder<DisclosureDecision> builder)
    {
        builder.BelongsToChild();
        builder.Property(d => d.Basis).HasConversion<string>();
        builder.Property(d => d.ChildInformed).HasConversion<string>();
        builder.Property(d => d.State).HasConversion<string>();
        builder.Property(d => d.Version).IsRowVersion();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(d => d.ProposedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(d => d.DecidedById).OnDelete(DeleteBehavior.Restrict);
        // One person alone cannot tell without permission.
        builder.ToTable(t => t.HasCheckConstraint(
            "ck_disclosure_decisions_two_people",
            "(state = 'Proposed') = (decided_by_id is null) and (decided_by_id is null or decided_by_id <> proposed_by_id)"));
        builder.ToTable(t => t.HasCheckConstraint("ck_disclosure_decisions_not_informed", "child_informed <> 'NotSafe' or not_informed_sealed is not null"));
    }
}
