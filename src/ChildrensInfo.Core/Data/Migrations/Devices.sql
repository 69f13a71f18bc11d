-- What devices say of themselves, numbers and times: written by whose device it is; seen by them, by the manager of their team and by who looks after people.
grant select, insert, update on devices to portal_app;
create trigger never_emptied before truncate on devices for each statement execute function refuse_change();
alter table devices enable row level security;
alter table devices force row level security;
create policy own_team_or_all on devices for select using (authority_id = (select app_authority()) and (person_id = (select app_actor())
    or (select app_reach()) in ('Register', 'Whole') or ((select app_reach()) = 'Team' and person_id = any ((select app_team())::uuid[]))));
create policy said_by_oneself on devices for insert with check (authority_id = (select app_authority()) and person_id = (select app_actor()));
create policy said_or_gone on devices for update using (authority_id = (select app_authority()) and (person_id = (select app_actor())
    or (select app_reach()) in ('Register', 'Whole') or ((select app_reach()) = 'Team' and person_id = any ((select app_team())::uuid[]))))
    with check (authority_id = (select app_authority()));

-- Whoever is not its person says that it is gone, and nothing else.
create function refuse_saying_for_another() returns trigger language plpgsql as $$
begin
    if new.person_id is distinct from old.person_id or new.authority_id is distinct from old.authority_id then
        raise exception 'A device stays whose it is' using errcode = 'insufficient_privilege';
    end if;
    if old.person_id <> app_actor() and to_jsonb(new) - array['gone_at', 'gone_by_id'] <> to_jsonb(old) - array['gone_at', 'gone_by_id'] then
        raise exception 'Only its own person''s device says what is on it' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger said_by_its_own before update on devices for each row execute function refuse_saying_for_another();
