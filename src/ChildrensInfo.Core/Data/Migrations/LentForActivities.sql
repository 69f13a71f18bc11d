-- A device may be lent for an activity with a group, which is about no child: whoever lent it reads that row, and nobody else does.
-- In SQL, because the policy names the column.
alter table child_modes alter column child_id drop not null, alter column session_id drop not null;
drop policy reach on child_modes;
create policy reach on child_modes using (authority_id = (select app_authority()) and ((child_id is null and practitioner_id = (select app_actor())) or (select app_reach()) = 'Whole'
    or ((select app_reach()) in ('Caseload', 'Team') and child_id = any ((select app_caseload())::uuid[]))))
    with check (authority_id = (select app_authority()) and ((child_id is null and practitioner_id = (select app_actor())) or (select app_reach()) = 'Whole'
    or ((select app_reach()) in ('Caseload', 'Team') and child_id = any ((select app_caseload())::uuid[]))));
