-- Whose account at a provider is whose here. Read and bound by the service in one council, before anybody is known there; written down and taken away by who looks after its people.
revoke all on person_identities from portal_app;
grant select, insert, delete on person_identities to portal_app;
grant update (issuer, subject, address, bound_at) on person_identities to portal_app;
alter table person_identities enable row level security;
alter table person_identities force row level security;
create policy own_or_looked_after on person_identities for select using (
    authority_id = (select app_authority()) and (person_id = (select app_actor()) or (select app_reach()) = 'Register'));
create policy written_down on person_identities for insert with check (authority_id = (select app_authority()) and (select app_reach()) = 'Register');
create policy bound on person_identities for update
    using (authority_id = (select app_authority()) and (select app_reach()) = 'Register' and subject is null)
    with check (authority_id = (select app_authority()) and (select app_reach()) = 'Register');
create policy taken_away on person_identities for delete using (authority_id = (select app_authority()) and (select app_reach()) = 'Register');
