using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChildrensInfo.Core.Data;

// What was asked and what became of it.

internal sealed class AskConfiguration : IEntityTypeConfiguration<Ask>
{
    public void Configure(EntityTypeBuilder<Ask> builder)
    {
        builder.BelongsToChild(nameof(Ask.Child));
        builder.HasAlternateKey(a => new { a.ChildId, a.Id });
        builder.Property(a => a.Speaker).HasConversion<string>();
        builder.Property(a => a.Wanted).HasConversion<string>();
        builder.PrimitiveCollection(a => a.About).ElementType().HasConversion<string>();
        builder.Property(a => a.ThingKind).HasConversion<string>();
        builder.Property(a => a.ThingKey).HasMaxLength(20);
        builder.Property(a => a.Language).HasMaxLength(35);
        builder.HasIndex(a => new { a.AuthorityId, a.ThingKind, a.ThingKey });
        builder.HasOne<Relationship>().WithMany().HasForeignKey(a => new { a.ChildId, a.SpeakerRelationshipId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(a => a.Voices).WithOne().HasForeignKey(v => new { v.ChildId, v.AskId }).HasPrincipalKey(a => new { a.ChildId, a.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(a => a.Steps).WithOne(s => s.Ask).HasForeignKey(s => new { s.ChildId, s.AskId }).HasPrincipalKey(a => new { a.ChildId, a.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.Ignore(a => a.IsAboutInformation).Ignore(a => a.Thing);
    }
}

internal sealed class AskVoiceConfiguration : IEntityTypeConfiguration<AskVoice>
{
    public void Configure(EntityTypeBuilder<AskVoice> builder)
    {
        builder.BelongsToChild();
        builder.HasKey(v => new { v.AskId, v.VoiceRecordId });
        // What was asked must have been said by this child or about them, not in another child's record.
        builder.HasOne(v => v.VoiceRecord).WithMany().HasForeignKey(v => new { v.ChildId, v.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class AskStepConfiguration : IEntityTypeConfiguration<AskStep>
{
    public void Configure(EntityTypeBuilder<AskStep> builder)
    {
        builder.BelongsToChild();
        // Two steps taken from the same place would leave an ask both closed and reopened.
        builder.HasIndex(s => new { s.AskId, s.Number }).IsUnique().HasDatabaseName(ResponseService.AskStepNumber);
        builder.Property(s => s.Kind).HasConversion<string>();
        builder.Property(s => s.State).HasConversion<string>();
        builder.Property(s => s.Decision).HasConversion<string>();
        builder.Property(s => s.HowTold).HasConversion<string>();
        builder.Property(s => s.Reaction).HasConversion<string>();
        builder.HasOne<VoiceRecord>().WithMany().HasForeignKey(s => new { s.ChildId, s.VoiceRecordId })
            .HasPrincipalKey(r => new { r.ChildId, r.Id }).OnDelete(DeleteBehavior.Restrict);
        // Only a closed ask can be over, and an ask that is not over has a day.
        builder.ToTable(t => t.HasCheckConstraint("ck_ask_steps_due", "due_on is not null or state = 'Closed'"));
    }
}

internal sealed class GroupAnswerConfiguration : IEntityTypeConfiguration<GroupAnswer>
{
    public void Configure(EntityTypeBuilder<GroupAnswer> builder)
    {
        builder.Property(a => a.State).HasConversion<string>();
        builder.Property(a => a.Version).IsRowVersion();
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(a => a.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AppUser>().WithMany().HasForeignKey(a => a.WrittenById).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t =>
        {
            // Nobody publishes what they wrote, whatever a form or a later page says.
            t.HasCheckConstraint("ck_group_answers_second_person", "decided_by_id is null or decided_by_id <> written_by_id");
            t.HasCheckConstraint("ck_group_answers_published", $"state <> 'Published' or (decided_by_id is not null and group_size >= {GroupAnswerService.SmallestGroup})");
        });
    }
}

internal sealed class ParticipationActivityConfiguration : IEntityTypeConfiguration<ParticipationActivity>
{
    public void Configure(EntityTypeBuilder<ParticipationActivity> builder)
    {
        builder.Property(a => a.Layer).HasConversion<string>();
        builder.HasOne<LocalAuthority>().WithMany().HasForeignKey(a => a.AuthorityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Child>().WithMany().HasForeignKey(a => new { a.AuthorityId, a.ChildId })
            .HasPrincipalKey(c => new { c.AuthorityId, c.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(a => a.Steps).WithOne(s => s.Activity).HasForeignKey(s => s.ActivityId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(a => a.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        // What is about a child must go when the child's key does.
        builder.ToTable(t => t.HasCheckConstraint("ck_participation_activities_key", "(child_id is null) = (authority_key_id is not null)"));
    }
}

internal sealed class ParticipationStepConfiguration : IEntityTypeConfiguration<ParticipationStep>
{
    public void Configure(EntityTypeBuilder<ParticipationStep> builder)
    {
        builder.Property(s => s.Kind).HasConversion<string>();
        builder.Property(s => s.Degree).HasConversion<string>();
        builder.HasOne<Child>().WithMany().HasForeignKey(s => new { s.AuthorityId, s.ChildId })
            .HasPrincipalKey(c => new { c.AuthorityId, c.Id }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AuthorityKey>().WithMany().HasForeignKey(s => s.AuthorityKeyId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_participation_steps_key", "(child_id is null and sealed is not null) = (authority_key_id is not null)"));
        // Each step happens once; only in a group do many say what they felt.
        builder.HasIndex(s => new { s.ActivityId, s.Kind }).IsUnique().HasFilter("kind <> 'Felt' or child_id is not null").HasDatabaseName("ux_participation_steps_once");
    }
}
