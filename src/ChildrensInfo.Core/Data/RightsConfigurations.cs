using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Rights;
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
