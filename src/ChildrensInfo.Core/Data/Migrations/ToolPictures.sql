-- The pictures of a council's own tools: kept once, never changed, never taken away. Whoever sees the council's tools sees them; who has the reach "Need", as data leads have, adds them.
grant select, insert on tool_pictures to portal_app;
create trigger written_once before update or delete on tool_pictures for each row execute function refuse_change();
create trigger never_emptied before truncate on tool_pictures for each statement execute function refuse_change();

alter table tool_pictures enable row level security;
alter table tool_pictures force row level security;
create policy own_authority on tool_pictures for select using (authority_id = (select app_authority()));
create policy own_added on tool_pictures for insert with check (authority_id = (select app_authority()) and (select app_reach()) in ('Need', 'Whole'));

-- As it was (Assignments.sql), with the pictures that answers are shown by.
create or replace procedure close_to_assigned() language plpgsql as $$
declare
    own constant text[] := array['audit_entries', 'sign_ins', 'second_factors', 'person_identities'];
    shown_by constant text[] := array['notices', 'break_glasses', 'authority_keys', 'assignments', 'teams', 'tools', 'tool_versions', 'tool_pictures', 'wordings', 'purpose_settings', 'research_projects'];
    t record;
begin
    for t in select c.oid, c.relname from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relrowsecurity and not c.relispartition and c.relname <> all (own) loop
        if t.relname <> all (shown_by) and not exists (select from pg_policy p where p.polrelid = t.oid and p.polname in ('assigned_reads', 'assigned_reads_nothing')) then
            execute format('create policy assigned_reads_nothing on %I as restrictive for select using ((select app_reach()) <> ''Assigned'')', t.relname);
        end if;
        if t.relname <> 'consent_uses' and not exists (select from pg_policy p where p.polrelid = t.oid and p.polname = 'assigned_adds_nothing') then
            execute format('create policy assigned_adds_nothing on %I as restrictive for insert with check ((select app_reach()) <> ''Assigned'')', t.relname);
        end if;
        if not exists (select from pg_policy p where p.polrelid = t.oid and p.polname = 'assigned_changes_nothing') then
            execute format('create policy assigned_changes_nothing on %I as restrictive for update using ((select app_reach()) <> ''Assigned'')', t.relname);
            execute format('create policy assigned_takes_nothing_away on %I as restrictive for delete using ((select app_reach()) <> ''Assigned'')', t.relname);
        end if;
    end loop;
end
$$;
call close_to_assigned();
