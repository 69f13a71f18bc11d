-- Where people are signed in. Begun by the person, ended by them, by an administrator of their council, or by time; never forgotten early.
grant select, insert on sign_ins to portal_app;
grant update (seen_at, ended_at) on sign_ins to portal_app;
alter table sign_ins enable row level security;
alter table sign_ins force row level security;
create policy own_authority on sign_ins for select using (authority_id = (select app_authority()));
create policy begun_by_oneself on sign_ins for insert with check (authority_id = (select app_authority()) and person_id = (select app_actor()));
create policy used_and_ended on sign_ins for update using (authority_id = (select app_authority())) with check (authority_id = (select app_authority()));
