-- What people have beside their password. Their own to change; an administrator of their council may take it off, and then it is gone.
revoke all on second_factors, passkeys from portal_app;
grant select, insert, update, delete on second_factors to portal_app;
alter table second_factors enable row level security;
alter table second_factors force row level security;
create policy own_or_looked_after on second_factors for select using (
    authority_id = (select app_authority()) and (person_id = (select app_actor()) or (select app_reach()) = 'Register'));
create policy begun_by_oneself on second_factors for insert with check (authority_id = (select app_authority()) and person_id = (select app_actor()));
create policy changed_by_oneself on second_factors for update
    using (authority_id = (select app_authority()) and person_id = (select app_actor()))
    with check (authority_id = (select app_authority()) and person_id = (select app_actor()));
create policy taken_off on second_factors for delete using (
    authority_id = (select app_authority()) and (person_id = (select app_actor()) or (select app_reach()) = 'Register'));
-- Like people, whom sign-in has to find before anybody is signed in. They hold public keys: nothing that opens anything.
grant select, insert, update, delete on passkeys to portal_app;
