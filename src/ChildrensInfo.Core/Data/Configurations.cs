using System.Text.Json;
using System.Text.Json.Serialization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChildrensInfo.Core.Data;

// Keys, lengths and the constraints that must never be broken. Child rows carry their authority in the foreign key, so that a row
// can never hang on another authority's child whatever a form says.

internal sealed class AuthorityConfiguration : IEntityTypeConfiguration<LocalAuthority>
{
    public void Configure(EntityTypeBuilder<LocalAuthority> builder)
    {
        builder.ToTable("authorities");
        builder.Property(a => a.Code).HasMaxLength(3);
        builder.HasIndex(a => a.Code).IsUnique();
        builder.Property(a => a.Nation).HasConversion<string>();
    }
}

internal sealed class TeamConfiguration : IEntityTypeConfiguration<Team>
{
    public void Configure(EntityTypeBuilder<Team> builder) =>
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(t => t.AuthorityId).OnDelete(DeleteBehavior.Restrict);
}

internal sealed class AppUserConfiguration : IEntityTypeConfiguration<AppUser>
{
    public void Configure(EntityTypeBuilder<AppUser> builder)
    {
        builder.Property(u => u.DisplayName).HasMaxLength(AppUser.DisplayNameMaxLength);
        builder.Property(u => u.Role).HasConversion<string>();
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(u => u.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Team>().WithMany().HasForeignKey(u => u.TeamId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ChildConfiguration : IEntityTypeConfiguration<Child>
{
    public void Configure(EntityTypeBuilder<Child> builder)
    {
        builder.HasAlternateKey(c => new { c.AuthorityId, c.Id });
        // Two rows for one child would split what they said between two pages.
        builder.HasIndex(c => new { c.AuthorityId, c.LaChildId }).IsUnique();
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(c => c.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(c => c.GivenName).HasMaxLength(Child.NameMaxLength);
        builder.Property(c => c.FamilyName).HasMaxLength(Child.NameMaxLength);
        builder.Property(c => c.KnownAs).HasMaxLength(Child.NameMaxLength);
        builder.Property(c => c.Ward).HasMaxLength(Child.WardMaxLength);
        builder.PrimitiveCollection(c => c.CommunicatesWith).ElementType().HasConversion<string>();
        builder.Property(c => c.Version).IsRowVersion();
        builder.Ignore(c => c.DisplayName).Ignore(c => c.CalledName);
    }
}

internal static class AboutChild
{
    /// <summary>A row about a child belongs to that child's authority: the pair is the foreign key.</summary>
    public static void BelongsToChild<T>(this EntityTypeBuilder<T> builder, string? navigation = null) where T : class, IAboutChild
    {
        builder.HasOne(typeof(Child), navigation).WithMany()
            .HasForeignKey(nameof(IAboutChild.AuthorityId), nameof(IAboutChild.ChildId))
            .HasPrincipalKey(nameof(Child.AuthorityId), nameof(Child.Id))
            .OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(nameof(IAboutChild.ChildId));
    }

    /// <summary>The same of a row that may be about every child of the authority, or about none.</summary>
    public static void MayBelongToChild<T>(this EntityTypeBuilder<T> builder, string? navigation = null) where T : class, Responses.IMayBeAboutChild
    {
        builder.HasOne<Authorities.LocalAuthority>().WithMany().HasForeignKey(e => e.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(typeof(Child), navigation).WithMany().HasForeignKey(nameof(IAboutChild.AuthorityId), nameof(IAboutChild.ChildId))
            .HasPrincipalKey(nameof(Child.AuthorityId), nameof(Child.Id)).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(nameof(IAboutChild.ChildId));
    }
}

internal sealed class AllocationConfiguration : IEntityTypeConfiguration<Allocation>
{
    public void Configure(EntityTypeBuilder<Allocation> builder)
    {
        builder.BelongsToChild(nameof(Allocation.Child));
        builder.HasOne<AppUser>().WithMany().HasForeignKey(a => a.PractitionerId).OnDelete(DeleteBehavior.Restrict);
        // The same person allocated twice at once would make one "end" leave access behind.
        builder.HasIndex(a => new { a.ChildId, a.PractitionerId }).IsUnique().HasFilter("ended_on is null").HasDatabaseName("ux_allocations_open");
        builder.HasIndex(a => a.PractitionerId).HasFilter("ended_on is null").HasDatabaseName("ix_allocations_caseload");
    }
}

internal sealed class AssignmentConfiguration : IEntityTypeConfiguration<Assignment>
{
    public void Configure(EntityTypeBuilder<Assignment> builder)
    {
        builder.BelongsToChild();
        builder.Property(a => a.Role).HasConversion<string>();
        builder.Property(a => a.Reason).HasConversion<string>();
        builder.Property(a => a.WishToldTo).HasConversion<string>();
        builder.Property(a => a.EndReason).HasConversion<string>();
        // Of two who end it at once, one does.
        builder.Property(a => a.EndedOn).IsConcurrencyToken();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(a => a.PersonId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(a => a.AssignedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(a => a.EndedById).OnDelete(DeleteBehavior.Restrict);
        // The same person assigned twice at once would make one "end" leave access behind.
        builder.HasIndex(a => new { a.ChildId, a.PersonId }).IsUnique().HasFilter("ended_on is null").HasDatabaseName("ux_assignments_open");
        builder.HasIndex(a => a.PersonId).HasFilter("ended_on is null").HasDatabaseName("ix_assignments_person");
        builder.ToTable(t =>
        {
            // An advocate without the child's wish would be one whom others chose for them.
            t.HasCheckConstraint("ck_assignments_wish", "role in ('ReviewingOfficer', 'Advocate') and (role = 'Advocate') = (reason = 'ChildWantsOne')"
                + " and (role = 'Advocate') = (wished_on is not null) and (role = 'Advocate') = (wish_told_to is not null)");
            t.HasCheckConstraint("ck_assignments_end", "(ended_on is null) = (ended_by_id is null) and (ended_on is null) = (end_reason is null)");
        });
    }
}

internal sealed class BreakGlassConfiguration : IEntityTypeConfiguration<BreakGlass>
{
    public void Configure(EntityTypeBuilder<BreakGlass> builder)
    {
        builder.BelongsToChild();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(b => b.PersonId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(b => b.EndedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(b => new { b.PersonId, b.ExpiresAt });
        // A longer one would be an allocation that nobody decided on.
        builder.ToTable(t => t.HasCheckConstraint("ck_break_glasses_hours", $"expires_at > opened_at and expires_at <= opened_at + interval '{BreakGlass.Hours} hours'"));
    }
}

internal sealed class NoticeConfiguration : IEntityTypeConfiguration<Notice>
{
    public void Configure(EntityTypeBuilder<Notice> builder)
    {
        builder.BelongsToChild();
        builder.Property(n => n.Kind).HasConversion<string>();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(n => n.PersonId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(n => n.PersonId).HasFilter("read_at is null").HasDatabaseName("ix_notices_unread");
    }
}

internal sealed class RelationshipConfiguration : IEntityTypeConfiguration<Relationship>
{
    public void Configure(EntityTypeBuilder<Relationship> builder)
    {
        builder.BelongsToChild(nameof(Relationship.Child));
        builder.HasAlternateKey(r => new { r.ChildId, r.Id });
        builder.Property(r => r.Name).HasMaxLength(Child.NameMaxLength);
        builder.Property(r => r.Kind).HasConversion<string>();
    }
}

internal sealed class DoNotTellConfiguration : IEntityTypeConfiguration<DoNotTell>
{
    public void Configure(EntityTypeBuilder<DoNotTell> builder)
    {
        builder.BelongsToChild();
        builder.Property(d => d.Role).HasConversion<string>();
        builder.Property(d => d.Scope).HasConversion<string>();
        builder.Property(d => d.SubjectMatter).HasConversion<string>();
        builder.Property(d => d.Reason).HasConversion<string>();
        builder.Property(d => d.SaidBy).HasConversion<string>();
        builder.HasOne(d => d.Relationship).WithMany().HasForeignKey(d => new { d.ChildId, d.RelationshipId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(d => new { d.ChildId, d.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        // A rule that names nobody, or nothing, would look like protection and keep nothing back.
        builder.ToTable(t => t.HasCheckConstraint("ck_do_not_tells_who", "(relationship_id is null) <> (role is null)"));
        builder.ToTable(t => t.HasCheckConstraint(
            "ck_do_not_tells_scope", "(scope = 'Record') = (voice_record_id is not null) and (scope = 'Subject') = (subject_matter is not null)"));
    }
}

internal sealed class PlannedVisitConfiguration : IEntityTypeConfiguration<PlannedVisit>
{
    public void Configure(EntityTypeBuilder<PlannedVisit> builder)
    {
        builder.BelongsToChild(nameof(PlannedVisit.Child));
        builder.Property(p => p.Place).HasConversion<string>();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(p => p.PractitionerId).OnDelete(DeleteBehavior.Restrict);
        // The visit it became is of the same child.
        builder.HasOne<VoiceSession>().WithMany().HasForeignKey(p => new { p.ChildId, p.SessionId })
            .HasPrincipalKey(s => new { s.ChildId, s.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(p => p.PractitionerId).HasFilter("session_id is null and called_off_at is null").HasDatabaseName("ix_planned_visits_open");
    }
}

internal sealed class DeviceReceiptConfiguration : IEntityTypeConfiguration<DeviceReceipt>
{
    public void Configure(EntityTypeBuilder<DeviceReceipt> builder)
    {
        builder.BelongsToChild();
        builder.Property(r => r.Kind).HasConversion<string>();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(r => r.PersonId).OnDelete(DeleteBehavior.Restrict);
        // A receipt without the hash of what was received would be worth nothing to whoever holds the device.
        builder.ToTable(t => t.HasCheckConstraint("ck_device_receipts_sha256", "octet_length(sha256) = 32"));
    }
}

internal sealed class DeviceConfiguration : IEntityTypeConfiguration<Device>
{
    public void Configure(EntityTypeBuilder<Device> builder)
    {
        builder.HasOne<Authorities.LocalAuthority>().WithMany().HasForeignKey(d => d.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(d => d.PersonId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(d => d.GoneById).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(d => d.PersonId);
        builder.Ignore(d => d.Unsent);
    }
}

internal sealed class DeviceKeyConfiguration : IEntityTypeConfiguration<DeviceKey>
{
    public void Configure(EntityTypeBuilder<DeviceKey> builder)
    {
        builder.HasOne<Authorities.LocalAuthority>().WithMany().HasForeignKey(k => k.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(k => k.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(k => new { k.AuthorityId, k.CreatedAt });
    }
}

internal sealed class TakenBackConfiguration : IEntityTypeConfiguration<TakenBack>
{
    public void Configure(EntityTypeBuilder<TakenBack> builder)
    {
        builder.BelongsToChild();
        builder.Property(t => t.Kind).HasConversion<string>();
        builder.Property(t => t.Reason).HasConversion<string>();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(t => t.PersonId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(t => t.ItemId);
    }
}

internal sealed class VoiceSessionConfiguration : IEntityTypeConfiguration<VoiceSession>
{
    public void Configure(EntityTypeBuilder<VoiceSession> builder)
    {
        builder.BelongsToChild(nameof(VoiceSession.Child));
        builder.HasAlternateKey(s => new { s.ChildId, s.Id });
        builder.Property(s => s.Place).HasConversion<string>();
        builder.Property(s => s.SeenAlone).HasConversion<string>();
        builder.PrimitiveCollection(s => s.Offered).ElementType().HasConversion<string>();
        // Of the same child as the visit, or somebody would have heard what another child said.
        builder.HasMany(s => s.Present).WithOne().HasForeignKey(p => new { p.ChildId, p.SessionId }).HasPrincipalKey(s => new { s.ChildId, s.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.Property(s => s.NotUsedReason).HasConversion<string>();
        builder.Property(s => s.Outcome).HasConversion<string>();
        builder.Property(s => s.DeviceHeldBy).HasConversion<string>();
        builder.Property(s => s.SpokeFreely).HasConversion<string>();
        builder.Property(s => s.ToldHow).HasConversion<string>();
        builder.Property(s => s.Understanding).HasConversion<string>();
    }
}

internal sealed class PresentPersonConfiguration : IEntityTypeConfiguration<PresentPerson>
{
    public void Configure(EntityTypeBuilder<PresentPerson> builder)
    {
        builder.BelongsToChild();
        builder.Property(p => p.Role).HasConversion<string>();
        builder.Property(p => p.InEarshot).HasConversion<string>();
    }
}

internal sealed class ChildModeConfiguration : IEntityTypeConfiguration<ChildMode>
{
    public void Configure(EntityTypeBuilder<ChildMode> builder)
    {
        builder.MayBelongToChild(nameof(ChildMode.Child));
        builder.HasOne(m => m.Session).WithMany().HasForeignKey(m => new { m.ChildId, m.SessionId })
            .HasPrincipalKey(s => new { s.ChildId, s.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Responses.ParticipationActivity>().WithMany().HasForeignKey(m => m.ActivityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(m => m.PractitionerId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_child_modes_for", "(session_id is null) = (activity_id is not null) and (child_id is not null or session_id is null)"));
        builder.Property(m => m.Look).HasConversion<string>();
        builder.Property(m => m.Language).HasMaxLength(2);
        builder.Property(m => m.Version).IsRowVersion();
    }
}

internal sealed class VoiceRecordConfiguration : IEntityTypeConfiguration<VoiceRecord>
{
    public void Configure(EntityTypeBuilder<VoiceRecord> builder)
    {
        builder.BelongsToChild(nameof(VoiceRecord.Child));
        builder.HasAlternateKey(r => new { r.ChildId, r.Id });
        // A record's visit and speaker must be of the same child: otherwise words land in another child's story.
        builder.HasOne(r => r.Session).WithMany().HasForeignKey(r => new { r.ChildId, r.SessionId })
            .HasPrincipalKey(s => new { s.ChildId, s.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(r => r.SpeakerRelationship).WithMany().HasForeignKey(r => new { r.ChildId, r.SpeakerRelationshipId })
            .HasPrincipalKey(s => new { s.ChildId, s.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(r => r.FileId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(r => r.FileId).IsUnique();
        builder.HasIndex(r => new { r.AuthorityId, r.HeardOn });
        builder.Property(r => r.Speaker).HasConversion<string>();
        builder.Property(r => r.Layer).HasConversion<string>();
        builder.PrimitiveCollection(r => r.Subjects).ElementType().HasConversion<string>();
        builder.Property(r => r.Kind).HasConversion<string>();
        builder.Property(r => r.Provenance).HasConversion<string>();
        builder.Property(r => r.Language).HasMaxLength(35);
        builder.Property(r => r.SpokenLanguage).HasMaxLength(35);
        builder.Property(r => r.Interpreter).HasConversion<string>();
        builder.Property(r => r.Observer).HasConversion<string>();
        builder.Property(r => r.PromptedBy).HasConversion<string>();
        builder.Property(r => r.WrittenUp).HasConversion<string>();
        builder.Property(r => r.NotHeardReason).HasConversion<string>();
        builder.PrimitiveCollection(r => r.Offered).ElementType().HasConversion<string>();
        builder.Property(r => r.GapsJson).HasColumnType("jsonb");
        builder.HasOne(r => r.ToolVersion).WithMany().HasForeignKey(r => r.ToolVersionId).OnDelete(DeleteBehavior.Restrict);
        // What explains a drawing must be of the same child as the drawing.
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(r => new { r.ChildId, r.ExplainsId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(r => r.Words).WithOne().HasForeignKey<VoiceWords>(w => new { w.ChildId, w.VoiceRecordId })
            .HasPrincipalKey<VoiceRecord>(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.Property(r => r.ClockSource).HasConversion<string>().HasDefaultValue(ClockSource.Server);
        builder.Property(r => r.ReadBack).HasConversion<string>();
        builder.Property(r => r.ReadBackHow).HasConversion<string>();
        builder.Property(r => r.Sensitivity).HasConversion<string>();
        builder.Property(r => r.CorrectionReason).HasConversion<string>();
        builder.HasMany(r => r.Corrections).WithOne().HasForeignKey(r => new { r.ChildId, r.CorrectsId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(r => r.ThirdPartyVoices).WithOne(v => v.VoiceRecord).HasForeignKey(v => new { v.ChildId, v.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        // A record can come to the right child once: twice would count what was said twice.
        builder.HasIndex(r => r.MovedFromId).IsUnique();
        builder.ToTable(t =>
        {
            t.HasCheckConstraint("ck_voice_records_correction", "(corrects_id is null) = (correction_reason is null)");
            // A record with neither words nor a file would say that somebody was heard when nothing was kept.
            t.HasCheckConstraint("ck_voice_records_media", "(kind in ('Audio', 'Drawing', 'Photo')) = (file_id is not null)");
            t.HasCheckConstraint("ck_voice_records_person", "(kind = 'Photo' or shows_person is null) and (shows_person is not null or shows_person_since is null)");
            t.HasCheckConstraint("ck_voice_records_others", "kind = 'Audio' or anybody_else_heard is null");
            // A number without the scale it was given on means nothing.
            t.HasCheckConstraint("ck_voice_records_tool", "case when kind in ('ScaleAnswer', 'ToolAnswer') then tool_version_id is not null else kind = 'SymbolChoice' or tool_version_id is null end");
            // Without how many there were, a group's words could be taken for one child's.
            t.HasCheckConstraint("ck_voice_records_group", $"(speaker = 'Group') = (group_size is not null) and (group_size is null or group_size between {VoiceRecord.GroupMin} and {VoiceRecord.GroupMax})");
            // A time without whose clock it is by proves nothing to anybody. How far that clock was wrong is not known of what came in a file.
            t.HasCheckConstraint("ck_voice_records_device", "(clock_source = 'Device') = (device_id is not null) and (device_id is null) = (device_time is null) and (device_id is not null or clock_skew_ms is null)");
            // Words about nothing would be kept from nobody who must not be told of their subject.
            t.HasCheckConstraint("ck_voice_records_subjects", "(kind = 'Declined') = (cardinality(subjects) = 0)");
            // Nothing said without a reason would look like nobody asking.
            t.HasCheckConstraint("ck_voice_records_declined", "case when kind = 'Declined' then not_heard_reason is not null else not_heard_reason is null or tool_version_id is not null end");
        });
    }
}

internal sealed class ToolConfiguration : IEntityTypeConfiguration<Tool>
{
    public void Configure(EntityTypeBuilder<Tool> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(t => t.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(t => t.Key).HasMaxLength(Tool.KeyMaxLength);
        builder.Property(t => t.Kind).HasConversion<string>();
        // Two tools of one key would make it a matter of chance which one a child is shown.
        builder.HasIndex(t => new { t.AuthorityId, t.Key }).IsUnique().AreNullsDistinct(false);
    }
}

internal sealed class ToolVersionConfiguration : IEntityTypeConfiguration<ToolVersion>
{
    public void Configure(EntityTypeBuilder<ToolVersion> builder)
    {
        builder.HasOne(v => v.Tool).WithMany(t => t.Versions).HasForeignKey(v => v.ToolId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(v => new { v.ToolId, v.Number, v.Language }).IsUnique();
        builder.Property(v => v.Language).HasMaxLength(35);
        builder.Property(v => v.Title).HasMaxLength(ToolVersion.TitleMaxLength);
        builder.Property(v => v.DefinitionJson).HasColumnType("jsonb");
        builder.Ignore(v => v.Definition);
    }
}

internal sealed class ToolPictureConfiguration : IEntityTypeConfiguration<ToolPicture>
{
    public void Configure(EntityTypeBuilder<ToolPicture> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(p => p.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(p => new { p.AuthorityId, p.Sha256 }).IsUnique();
        builder.ToTable(t =>
        {
            // Whatever wrote it: nothing else is ever handed to a child's browser from here.
            t.HasCheckConstraint("ck_tool_pictures_kind", "content_type in ('image/jpeg', 'image/png', 'image/webp')");
            t.HasCheckConstraint("ck_tool_pictures_bytes", $"sha256 = sha256(bytes) and octet_length(bytes) between 1 and {ToolPicture.MaxBytes}");
        });
    }
}

internal sealed class VoiceWordsConfiguration : IEntityTypeConfiguration<VoiceWords>
{
    public void Configure(EntityTypeBuilder<VoiceWords> builder)
    {
        builder.ToTable("voice_words");
        builder.HasKey(w => w.VoiceRecordId);
        builder.BelongsToChild();
    }
}

internal sealed class InterpretationConfiguration : IEntityTypeConfiguration<Interpretation>
{
    public void Configure(EntityTypeBuilder<Interpretation> builder)
    {
        builder.BelongsToChild();
        builder.HasAlternateKey(i => new { i.ChildId, i.Id });
        builder.Ignore(i => i.LastShowing).Ignore(i => i.Answer).Ignore(i => i.IsForTheChild);
        // Never without a record: what a worker thinks is of something that was said.
        builder.HasOne(i => i.VoiceRecord).WithMany().HasForeignKey(i => new { i.ChildId, i.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(i => i.Further).WithOne().HasForeignKey(v => new { v.ChildId, v.InterpretationId })
            .HasPrincipalKey(i => new { i.ChildId, i.Id }).OnDelete(DeleteBehavior.Restrict).HasConstraintName("fk_interpretation_voices_interpretations");
        builder.Property(i => i.Kind).HasConversion<string>();
        builder.Property(i => i.Confidence).HasConversion<string>();
        // Of the same child, or a version would put one child's words before another's.
        builder.HasOne<Interpretation>().WithMany().HasForeignKey(i => new { i.ChildId, i.SupersedesId })
            .HasPrincipalKey(i => new { i.ChildId, i.Id }).OnDelete(DeleteBehavior.Restrict);
        // Two that replace one would leave nobody knowing which is the worker's view now.
        builder.HasIndex(i => i.SupersedesId).IsUnique();
        builder.HasMany(i => i.Showings).WithOne().HasForeignKey(s => new { s.ChildId, s.InterpretationId })
            .HasPrincipalKey(i => new { i.ChildId, i.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class InterpretationVoiceConfiguration : IEntityTypeConfiguration<InterpretationVoice>
{
    public void Configure(EntityTypeBuilder<InterpretationVoice> builder)
    {
        builder.BelongsToChild();
        builder.HasKey(v => new { v.InterpretationId, v.VoiceRecordId });
        // Of the same child, or what a worker thinks of one child would say what another said.
        builder.HasOne(v => v.VoiceRecord).WithMany().HasForeignKey(v => new { v.ChildId, v.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class InterpretationShowingConfiguration : IEntityTypeConfiguration<InterpretationShowing>
{
    public void Configure(EntityTypeBuilder<InterpretationShowing> builder)
    {
        builder.BelongsToChild();
        builder.Property(s => s.Saw).HasConversion<string>();
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(s => new { s.ChildId, s.ResponseRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ThirdPartyVoiceConfiguration : IEntityTypeConfiguration<ThirdPartyVoice>
{
    public void Configure(EntityTypeBuilder<ThirdPartyVoice> builder)
    {
        builder.BelongsToChild();
        builder.HasAlternateKey(v => new { v.ChildId, v.Id });
        builder.Ignore(v => v.IsAllowed);
        builder.HasOne(v => v.Relationship).WithMany().HasForeignKey(v => new { v.ChildId, v.RelationshipId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(v => v.Answers).WithOne().HasForeignKey(p => new { p.ChildId, p.ThirdPartyVoiceId })
            .HasPrincipalKey(v => new { v.ChildId, v.Id }).OnDelete(DeleteBehavior.Restrict);
        // Somebody who is neither known nor described can never be asked.
        builder.ToTable(t => t.HasCheckConstraint("ck_third_party_voices_who", "(relationship_id is null) <> (described_sealed is null)"));
    }
}

internal sealed class SensitivityMarkConfiguration : IEntityTypeConfiguration<SensitivityMark>
{
    public void Configure(EntityTypeBuilder<SensitivityMark> builder)
    {
        builder.BelongsToChild();
        builder.Property(m => m.Sensitivity).HasConversion<string>();
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(m => new { m.ChildId, m.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_sensitivity_marks_up", "sensitivity in ('Sensitive', 'Disclosure')"));
    }
}

internal sealed class PhotoAnswerConfiguration : IEntityTypeConfiguration<PhotoAnswer>
{
    public void Configure(EntityTypeBuilder<PhotoAnswer> builder)
    {
        builder.BelongsToChild();
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(a => new { a.ChildId, a.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class RecordingAnswerConfiguration : IEntityTypeConfiguration<RecordingAnswer>
{
    public void Configure(EntityTypeBuilder<RecordingAnswer> builder)
    {
        builder.BelongsToChild();
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(a => new { a.ChildId, a.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ThirdPartyAnswerConfiguration : IEntityTypeConfiguration<ThirdPartyAnswer>
{
    public void Configure(EntityTypeBuilder<ThirdPartyAnswer> builder) => builder.BelongsToChild();
}

internal sealed class BreachReportConfiguration : IEntityTypeConfiguration<BreachReport>
{
    public void Configure(EntityTypeBuilder<BreachReport> builder)
    {
        builder.BelongsToChild();
        builder.Property(b => b.Version).IsRowVersion();
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(b => new { b.ChildId, b.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(b => new { b.WrongChildId, b.WrongRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(b => b.WrongRecordId).IsUnique();
    }
}

internal sealed class TranscriptConfiguration : IEntityTypeConfiguration<Transcript>
{
    public void Configure(EntityTypeBuilder<Transcript> builder)
    {
        builder.BelongsToChild();
        builder.HasAlternateKey(t => new { t.VoiceRecordId, t.Id });
        builder.Property(t => t.Method).HasConversion<string>();
        builder.Property(t => t.Engine).HasMaxLength(Transcript.EngineMaxLength);
        builder.HasOne(t => t.VoiceRecord).WithMany().HasForeignKey(t => new { t.ChildId, t.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        // A machine's words that do not say so would be read as a person's.
        builder.ToTable(t => t.HasCheckConstraint("ck_transcripts_engine", "(method = 'TypedByPerson') = (engine is null)"));
    }
}

internal sealed class TranscriptAcceptanceConfiguration : IEntityTypeConfiguration<TranscriptAcceptance>
{
    public void Configure(EntityTypeBuilder<TranscriptAcceptance> builder)
    {
        builder.BelongsToChild();
        // Only a version of this very recording can be what it says.
        builder.HasOne(a => a.Transcript).WithMany().HasForeignKey(a => new { a.VoiceRecordId, a.TranscriptId })
            .HasPrincipalKey(t => new { t.VoiceRecordId, t.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(a => new { a.VoiceRecordId, a.Number }).IsUnique();
    }
}

internal sealed class WordingConfiguration : IEntityTypeConfiguration<Wording>
{
    public void Configure(EntityTypeBuilder<Wording> builder)
    {
        builder.Property(w => w.Purpose).HasConversion<string>();
        builder.Property(w => w.Format).HasConversion<string>();
        builder.Property(w => w.AgeBand).HasConversion<string>();
        // A shipped wording and an authority's own may have the same number; two of one owner may not.
        builder.HasIndex(w => new { w.AuthorityId, w.Purpose, w.Language, w.Format, w.AgeBand, w.Number }).IsUnique().AreNullsDistinct(false);
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(w => w.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(w => w.WrittenById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(w => w.ApprovedById).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t =>
        {
            // Nobody puts words of their own to children without a second person having read them.
            t.HasCheckConstraint("ck_wordings_second_person", "authority_id is null or (written_by_id is not null and approved_by_id is not null and written_by_id <> approved_by_id)");
            t.HasCheckConstraint("ck_wordings_material_has_reason", "not material_change or change_reason is not null");
        });
    }
}

internal sealed class WordingDraftConfiguration : IEntityTypeConfiguration<WordingDraft>
{
    public void Configure(EntityTypeBuilder<WordingDraft> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(w => w.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(w => w.Purpose).HasConversion<string>();
        builder.Property(w => w.Format).HasConversion<string>();
        builder.Property(w => w.AgeBand).HasConversion<string>();
        builder.Property(w => w.State).HasConversion<string>();
        builder.Property(w => w.Version).IsRowVersion();
        builder.HasIndex(w => new { w.AuthorityId, w.State });
        builder.HasOne<AppUser>().WithMany().HasForeignKey(w => w.WrittenById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(w => w.DecidedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Wording>().WithMany().HasForeignKey(w => w.WordingId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_wording_drafts_second_person", "decided_by_id is null or decided_by_id <> written_by_id"));
    }
}

internal sealed class PurposeSettingConfiguration : IEntityTypeConfiguration<PurposeSetting>
{
    public void Configure(EntityTypeBuilder<PurposeSetting> builder)
    {
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(s => s.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(s => s.Purpose).HasConversion<string>();
        builder.Property(s => s.Basis).HasConversion<string>();
        builder.HasIndex(s => new { s.AuthorityId, s.Purpose, s.SetAt });
        builder.HasOne<AppUser>().WithMany().HasForeignKey(s => s.SetById).OnDelete(DeleteBehavior.Restrict);
        // No authority may turn a permission into a notice, but the one that Purposes.MayBeTold names.
        builder.ToTable(t => t.HasCheckConstraint("ck_purpose_settings_basis", "(basis = 'NoticeOnly') = (purpose in ('KeepRecord', 'Stats')) or purpose = 'TranscribeMachine'"));
    }
}

internal sealed class NeedEpisodeConfiguration : IEntityTypeConfiguration<NeedEpisode>
{
    public void Configure(EntityTypeBuilder<NeedEpisode> builder)
    {
        builder.BelongsToChild(nameof(NeedEpisode.Child));
        // The key by which next month's edition of a return finds the episode again instead of doubling it.
        builder.HasIndex(e => new { e.ChildId, e.ReferredOn, e.Ordinal }).IsUnique();
        builder.HasIndex(e => new { e.AuthorityId, e.ReferredOn, e.ClosedOn });
        builder.HasOne<Return>().WithMany().HasForeignKey(e => e.ReturnId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class NeedAssessmentConfiguration : IEntityTypeConfiguration<NeedAssessment>
{
    public void Configure(EntityTypeBuilder<NeedAssessment> builder)
    {
        builder.BelongsToChild();
        builder.HasOne<NeedEpisode>().WithMany().HasForeignKey(e => e.EpisodeId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(e => new { e.EpisodeId, e.StartedOn, e.Ordinal }).IsUnique();
    }
}

internal sealed class CinPlanConfiguration : IEntityTypeConfiguration<CinPlan>
{
    public void Configure(EntityTypeBuilder<CinPlan> builder)
    {
        builder.BelongsToChild();
        builder.HasOne<NeedEpisode>().WithMany().HasForeignKey(e => e.EpisodeId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(e => new { e.EpisodeId, e.StartedOn, e.Ordinal }).IsUnique();
    }
}

internal sealed class Section47Configuration : IEntityTypeConfiguration<Section47>
{
    public void Configure(EntityTypeBuilder<Section47> builder)
    {
        builder.ToTable("section47s");
        builder.BelongsToChild();
        builder.HasOne<NeedEpisode>().WithMany().HasForeignKey(e => e.EpisodeId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(e => new { e.EpisodeId, e.StartedOn, e.Ordinal }).IsUnique();
    }
}

internal sealed class ProtectionPlanConfiguration : IEntityTypeConfiguration<ProtectionPlan>
{
    public void Configure(EntityTypeBuilder<ProtectionPlan> builder)
    {
        builder.BelongsToChild();
        builder.HasOne<NeedEpisode>().WithMany().HasForeignKey(e => e.EpisodeId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(e => new { e.EpisodeId, e.StartedOn, e.Ordinal }).IsUnique();
    }
}

internal sealed class PreProceedingsConfiguration : IEntityTypeConfiguration<PreProceedings>
{
    public void Configure(EntityTypeBuilder<PreProceedings> builder)
    {
        builder.BelongsToChild();
        builder.HasOne<NeedEpisode>().WithMany().HasForeignKey(e => e.EpisodeId).OnDelete(DeleteBehavior.Cascade);
        // Two without a day are two with the same day: a family meeting may be all there was.
        builder.HasIndex(e => new { e.EpisodeId, e.StartedOn, e.Ordinal }).IsUnique().AreNullsDistinct(false);
    }
}

internal sealed class ReturnConfiguration : IEntityTypeConfiguration<Return>
{
    public void Configure(EntityTypeBuilder<Return> builder)
    {
        builder.Property(r => r.Kind).HasConversion<string>();
        builder.Property(r => r.State).HasConversion<string>();
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(r => r.FileId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(r => r.AuthorityId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ReturnRejectionConfiguration : IEntityTypeConfiguration<ReturnRejection>
{
    public void Configure(EntityTypeBuilder<ReturnRejection> builder)
    {
        builder.HasOne<Return>().WithMany().HasForeignKey(r => r.ReturnId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(r => new { r.ReturnId, r.Ordinal }).IsUnique();
    }
}

internal sealed class ReturnRuleResultConfiguration : IEntityTypeConfiguration<ReturnRuleResult>
{
    public void Configure(EntityTypeBuilder<ReturnRuleResult> builder)
    {
        builder.HasKey(r => new { r.ReturnId, r.Ordinal });
        builder.Property(r => r.Severity).HasConversion<string>();
        builder.HasOne<Return>().WithMany().HasForeignKey(r => r.ReturnId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ReturnFindingConfiguration : IEntityTypeConfiguration<ReturnFinding>
{
    public void Configure(EntityTypeBuilder<ReturnFinding> builder)
    {
        builder.HasKey(f => new { f.ReturnId, f.Ordinal });
        builder.HasOne<ReturnRuleResult>().WithMany().HasForeignKey(f => new { f.ReturnId, f.RuleOrdinal }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ReturnChangeConfiguration : IEntityTypeConfiguration<ReturnChange>
{
    public void Configure(EntityTypeBuilder<ReturnChange> builder)
    {
        builder.Property(c => c.Before).HasColumnType("jsonb");
        builder.HasOne<Return>().WithMany().HasForeignKey(c => c.ReturnId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(c => new { c.ReturnId, c.TableName });
    }
}

internal sealed class ReturnAbsenceConfiguration : IEntityTypeConfiguration<ReturnAbsence>
{
    public void Configure(EntityTypeBuilder<ReturnAbsence> builder)
    {
        builder.BelongsToChild();
        builder.Property(a => a.State).HasConversion<string>();
        builder.HasOne<Return>().WithMany().HasForeignKey(a => a.ReturnId).OnDelete(DeleteBehavior.Cascade);
        // Asked about once, however many returns no longer contain it.
        builder.HasIndex(a => a.RecordId).IsUnique();
    }
}

internal sealed class CodeMappingConfiguration : IEntityTypeConfiguration<CodeMapping>
{
    public void Configure(EntityTypeBuilder<CodeMapping> builder)
    {
        builder.Property(m => m.LocalCode).HasMaxLength(CodeMapping.CodeMaxLength);
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(m => m.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(m => m.MappedById).OnDelete(DeleteBehavior.Restrict);
        // Two meanings of one code would let chance decide.
        builder.HasIndex(m => new { m.AuthorityId, m.Field, m.LocalCode }).IsUnique();
    }
}

internal sealed class StoredFileConfiguration : IEntityTypeConfiguration<StoredFile>
{
    public void Configure(EntityTypeBuilder<StoredFile> builder)
    {
        builder.ToTable("files");
        builder.Property(f => f.Kind).HasConversion<string>();
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(f => f.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Child>().WithMany().HasForeignKey(f => new { f.AuthorityId, f.ChildId })
            .HasPrincipalKey(c => new { c.AuthorityId, c.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(f => f.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        // Of the same child as the visit, or it could be found with another's.
        builder.HasOne<VoiceSession>().WithMany().HasForeignKey(f => new { f.ChildId, f.SessionId }).HasPrincipalKey(s => new { s.ChildId, s.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(f => new { f.ChildId, f.SessionId });
        builder.Property(f => f.GapsJson).HasColumnType("jsonb");
        builder.Property(f => f.RecordingEnded).HasDefaultValue(false);
        // Whoever seals what another page is still sending seals what there was, or nothing: neither saves over the other.
        builder.Property(f => f.Length).IsConcurrencyToken();
        builder.Property(f => f.CompletedAt).IsConcurrencyToken();
        // Voice must hang on a child, or it would be sealed under the council's key and outlive the child's erasure.
        builder.ToTable(t => t.HasCheckConstraint("ck_files_child", "(kind in ('VoiceMedia', 'VoicePhoto', 'ConsentEvidence', 'AccessPack')) = (child_id is not null)"));
    }
}

internal sealed class StoredFilePieceConfiguration : IEntityTypeConfiguration<StoredFilePiece>
{
    public void Configure(EntityTypeBuilder<StoredFilePiece> builder)
    {
        builder.ToTable("file_pieces");
        builder.HasKey(p => new { p.FileId, p.Index });
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(p => p.FileId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AuthorityKeyConfiguration : IEntityTypeConfiguration<AuthorityKey>
{
    public void Configure(EntityTypeBuilder<AuthorityKey> builder) =>
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(k => k.AuthorityId).OnDelete(DeleteBehavior.Restrict);
}

internal sealed class ChildKeyConfiguration : IEntityTypeConfiguration<ChildKey>
{
    public void Configure(EntityTypeBuilder<ChildKey> builder)
    {
        builder.HasKey(k => k.ChildId);
        // Rows that come in bulk, or in the place of a key that was destroyed, are numbered by the database.
        builder.Property(k => k.Id).HasDefaultValueSql("gen_random_uuid()");
        builder.BelongsToChild();
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(k => k.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class JobConfiguration : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> builder)
    {
        builder.Property(j => j.Kind).HasConversion<string>();
        builder.Property(j => j.State).HasConversion<string>();
        builder.HasIndex(j => j.RequestedAt).HasFilter("state in ('Waiting', 'Running')").HasDatabaseName("ix_jobs_open");
        builder.HasIndex(j => j.SubjectId);
    }
}

internal sealed class ResearchProjectConfiguration : IEntityTypeConfiguration<ResearchProject>
{
    public void Configure(EntityTypeBuilder<ResearchProject> builder)
    {
        builder.Property(p => p.State).HasConversion<string>();
        builder.Property(p => p.Place).HasConversion<string>();
        builder.Property(p => p.Title).HasMaxLength(ResearchProject.TitleMaxLength);
        builder.Property(p => p.Version).IsRowVersion();
        builder.OwnsMany(p => p.Variables, v => v.ToJson("variables"));
        builder.HasOne<AppUser>().WithMany().HasForeignKey(p => p.OwnerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasAlternateKey(p => new { p.Id, p.OwnerId });
        // Files that outlived their project would be nobody's to destroy.
        builder.ToTable(t => t.HasCheckConstraint("ck_research_projects_destroyed_after_end", "destroy_on >= expires_on"));
    }
}

internal sealed class ProjectStepConfiguration : IEntityTypeConfiguration<ProjectStep>
{
    public void Configure(EntityTypeBuilder<ProjectStep> builder)
    {
        builder.Property(s => s.Kind).HasConversion<string>();
        builder.Property(s => s.ByRole).HasConversion<string>();
        builder.PrimitiveCollection(s => s.Safes).ElementType().HasConversion<string>();
        builder.HasOne<ResearchProject>().WithMany().HasForeignKey(s => new { s.ProjectId, s.OwnerId }).HasPrincipalKey(p => new { p.Id, p.OwnerId }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(s => s.ById).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(s => s.ProjectId);
        // One side that said yes twice would look like two.
        builder.HasIndex(s => new { s.ProjectId, s.Round, s.ByRole }).IsUnique().HasFilter("kind = 'Approved'").HasDatabaseName("ux_project_steps_one_yes_a_role");
        builder.HasIndex(s => new { s.ProjectId, s.Round, s.ById }).IsUnique().HasFilter("kind = 'Approved'").HasDatabaseName("ux_project_steps_one_yes_a_person");
        builder.ToTable(t =>
        {
            // Nobody decides on their own project, whatever a form or a later page says.
            t.HasCheckConstraint("ck_project_steps_second_person", "kind in ('Sent', 'Closed') or by_id <> owner_id");
            t.HasCheckConstraint("ck_project_steps_reviewer", "kind in ('Sent', 'Closed') or by_role in ('DataLead', 'InformationGovernance')");
            // An approval is five answers, not a signature.
            t.HasCheckConstraint("ck_project_steps_five_safes", "kind <> 'Approved' or cardinality(safes) = 5");
            t.HasCheckConstraint("ck_project_steps_reason", "kind in ('Sent', 'Closed') or reason is not null");
        });
    }
}

internal sealed class ProjectPreviewConfiguration : IEntityTypeConfiguration<ProjectPreview>
{
    public void Configure(EntityTypeBuilder<ProjectPreview> builder)
    {
        // One answer a day, or asking again would tell more.
        builder.HasKey(p => new { p.ProjectId, p.On });
        builder.OwnsMany(p => p.Populations, o =>
        {
            o.ToJson("populations");
            o.OwnsMany(p => p.Variables);
        });
        builder.HasOne<ResearchProject>().WithMany().HasForeignKey(p => p.ProjectId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ExtractConfiguration : IEntityTypeConfiguration<Extract>
{
    public void Configure(EntityTypeBuilder<Extract> builder)
    {
        builder.Property(e => e.State).HasConversion<string>();
        builder.Property(e => e.Form).HasConversion<string>();
        builder.Ignore(e => e.Scope);
        builder.Property(e => e.ReportJson).HasColumnType("jsonb");
        builder.OwnsOne(e => e.Offer, o => o.ToJson());
        builder.Property(e => e.Version).IsRowVersion();
        builder.HasOne(e => e.Project).WithMany().HasForeignKey(e => e.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Extract>().WithMany().HasForeignKey(e => e.ReplacesId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(e => e.FileId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t =>
        {
            // Nobody approves what they asked for, whatever a form or a later page says.
            t.HasCheckConstraint("ck_extracts_second_person", "decided_by_id is null or decided_by_id <> requested_by_id");
            // A file that hangs on a refused or failed extract would be a release that nobody decided on.
            t.HasCheckConstraint("ck_extracts_file", "(state = 'Ready') = (file_id is not null)");
            // More at once would leave next to nothing to show, and hide less from whoever knows a child.
            t.HasCheckConstraint("ck_extracts_table", "case when form = 'Table' then cardinality(variables) + (only_key is not null)::int between 1 and 4 else only_key is null and measure is null end and (only_key is null) = (only_code is null)");
            t.HasCheckConstraint("ck_extracts_period", "period in ('year', 'quarter')");
            t.HasCheckConstraint("ck_extracts_certificate", "(state = 'Destroyed') = (certified_at is not null) and (certified_at is null or (destroyed_on is not null and destroyed_how is not null))");
        });
    }
}

internal sealed class ResearchOutputConfiguration : IEntityTypeConfiguration<ResearchOutput>
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    public void Configure(EntityTypeBuilder<ResearchOutput> builder)
    {
        builder.Property(o => o.Title).HasMaxLength(ResearchOutput.TitleMaxLength);
        builder.Property(o => o.How).HasMaxLength(ResearchOutput.HowMaxLength);
        builder.Property(o => o.DecisionReason).HasMaxLength(ResearchOutput.ReasonMaxLength);
        builder.Property(o => o.Kind).HasConversion<string>();
        builder.Property(o => o.State).HasConversion<string>();
        builder.Property(o => o.Version).IsRowVersion();
        // One value and not rows of its own: what was sent is never changed, and rows would be written anew with the decision.
        builder.Property(o => o.Marks).HasColumnType("jsonb").HasDefaultValueSql("'[]'::jsonb").HasConversion(
            marks => JsonSerializer.Serialize(marks, Json), text => JsonSerializer.Deserialize<List<OutputFinding>>(text, Json)!,
            new ValueComparer<List<OutputFinding>>((one, other) => one!.SequenceEqual(other!), marks => marks.Count, marks => marks.ToList()));
        builder.HasOne(o => o.Project).WithMany().HasForeignKey(o => o.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(o => o.SubmittedById).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(o => o.FileId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t =>
        {
            // Nobody releases what they sent, whatever a form or a later page says.
            t.HasCheckConstraint("ck_research_outputs_second_person", "decided_by_id is null or decided_by_id <> submitted_by_id");
            t.HasCheckConstraint("ck_research_outputs_decision", "(state = 'Submitted') = (decided_by_id is null) and (decided_by_id is null) = (decision_reason is null)");
        });
    }
}

internal sealed class ExtractLinkConfiguration : IEntityTypeConfiguration<ExtractLink>
{
    public void Configure(EntityTypeBuilder<ExtractLink> builder)
    {
        builder.HasIndex(l => l.TokenHash).IsUnique();
        // Of two that use a link at once, one must find it used.
        builder.Property(l => l.UsedAt).IsConcurrencyToken();
        builder.HasOne<Extract>().WithMany().HasForeignKey(l => l.ExtractId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ResearchOutput>().WithMany().HasForeignKey(l => l.OutputId).OnDelete(DeleteBehavior.Restrict);
        // A link to nothing would open whatever later stood there.
        builder.ToTable(t => t.HasCheckConstraint("ck_extract_links_one_file", "(extract_id is null) <> (output_id is null)"));
        builder.HasOne<AppUser>().WithMany().HasForeignKey(l => l.PersonId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ExtractChildConfiguration : IEntityTypeConfiguration<ExtractChild>
{
    public void Configure(EntityTypeBuilder<ExtractChild> builder)
    {
        builder.HasKey(e => new { e.ExtractId, e.ChildId });
        builder.BelongsToChild();
        builder.HasOne<Extract>().WithMany().HasForeignKey(e => e.ExtractId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ConsentEvent>().WithMany().HasForeignKey(e => e.ConsentEventId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ExtractItemConfiguration : IEntityTypeConfiguration<ExtractItem>
{
    public void Configure(EntityTypeBuilder<ExtractItem> builder)
    {
        builder.BelongsToChild();
        builder.Property(i => i.Because).HasConversion<string>();
        builder.Property(i => i.Version).IsRowVersion();
        foreach (var marks in new System.Linq.Expressions.Expression<Func<ExtractItem, IEnumerable<ItemMark>?>>[] { i => i.Found, i => i.Hidden })
        {
            builder.OwnsMany(marks, m =>
            {
                m.ToJson();
                m.Ignore(x => x.Span);
                m.Property(x => x.Type).HasConversion<string>();
            });
        }

        builder.HasOne<Extract>().WithMany().HasForeignKey(i => i.ExtractId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(i => i.VoiceRecordId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(i => i.ReviewedById).OnDelete(DeleteBehavior.Restrict);
        // The same words twice would be read as two children's.
        builder.HasIndex(i => new { i.ExtractId, i.VoiceRecordId }).IsUnique();
        builder.HasIndex(i => new { i.ExtractId, i.Number }).IsUnique();
        builder.ToTable(t =>
        {
            t.HasCheckConstraint("ck_extract_items_read", "(kept is null) = (reviewed_by_id is null) and (kept is null) = (reviewed_at is null)");
            t.HasCheckConstraint("ck_extract_items_left_out", "(kept is not distinct from false) = (because is not null)");
        });
    }
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries");
        builder.Property(e => e.ActorRole).HasConversion<string>();
        builder.HasIndex(e => new { e.AuthorityId, e.At });
        builder.HasIndex(e => new { e.ChildId, e.At });
    }
}

internal sealed class AuditSealConfiguration : IEntityTypeConfiguration<AuditSeal>
{
    public void Configure(EntityTypeBuilder<AuditSeal> builder)
    {
        builder.ToTable("audit_seals");
        builder.HasKey(s => s.Number);
        builder.Property(s => s.Number).ValueGeneratedNever();
        builder.Property(s => s.FromTransaction).HasColumnType("xid8");
        builder.Property(s => s.ToTransaction).HasColumnType("xid8");
    }
}

internal sealed class SignInConfiguration : IEntityTypeConfiguration<SignIn>
{
    public void Configure(EntityTypeBuilder<SignIn> builder)
    {
        builder.ToTable("sign_ins");
        builder.Property(s => s.Device).HasMaxLength(SignIn.DeviceMaxLength);
        builder.Property(s => s.Provider).HasMaxLength(IdentityProvider.KeyMaxLength);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(s => s.PersonId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(s => new { s.PersonId, s.SeenAt });
    }
}

internal sealed class PersonIdentityConfiguration : IEntityTypeConfiguration<PersonIdentity>
{
    public void Configure(EntityTypeBuilder<PersonIdentity> builder)
    {
        // Either awaited under an address or bound: something between could be taken over by whoever gets the address next.
        builder.ToTable("person_identities", t => t.HasCheckConstraint(
            "ck_person_identities_awaited_or_bound", "(address is null) = (subject is not null) and (issuer is null) = (subject is null) and (bound_at is null) = (subject is null)"));
        builder.Property(i => i.Provider).HasMaxLength(IdentityProvider.KeyMaxLength);
        builder.Property(i => i.Address).HasMaxLength(PersonIdentity.SubjectMaxLength);
        builder.Property(i => i.Issuer).HasMaxLength(PersonIdentity.SubjectMaxLength);
        builder.Property(i => i.Subject).HasMaxLength(PersonIdentity.SubjectMaxLength);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(i => i.PersonId).OnDelete(DeleteBehavior.Restrict);
        // If broken, one account somewhere else would open two people here, of whichever council.
        builder.HasIndex(i => new { i.Issuer, i.Subject }).IsUnique();
        builder.HasIndex(i => new { i.Provider, i.Address, i.AuthorityId }).IsUnique();
        builder.HasIndex(i => new { i.PersonId, i.Provider }).IsUnique();
    }
}

internal sealed class SecondFactorConfiguration : IEntityTypeConfiguration<SecondFactor>
{
    public void Configure(EntityTypeBuilder<SecondFactor> builder)
    {
        builder.ToTable("second_factors");
        builder.HasKey(f => f.PersonId);
        builder.Property(f => f.PersonId).ValueGeneratedNever();
        builder.Property(f => f.Version).IsRowVersion();
        builder.HasOne<AppUser>().WithOne().HasForeignKey<SecondFactor>(f => f.PersonId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(f => f.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
    }
}

/// <summary>As Identity's newest schema has them. Said here, because which schema Identity takes is an option of the host, and the command line has none.</summary>
internal sealed class PasskeyConfiguration : IEntityTypeConfiguration<IdentityUserPasskey<Guid>>
{
    private const int CredentialIdMaxBytes = 1024;

    public void Configure(EntityTypeBuilder<IdentityUserPasskey<Guid>> builder)
    {
        builder.ToTable("passkeys");
        builder.HasKey(p => p.CredentialId);
        builder.Property(p => p.CredentialId).HasMaxLength(CredentialIdMaxBytes);
        builder.OwnsOne(p => p.Data).ToJson();
        builder.HasOne<AppUser>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Restrict);
    }
}
