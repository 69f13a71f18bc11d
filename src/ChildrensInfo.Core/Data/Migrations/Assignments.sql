-- Reviewing officers and advocates: assigned to a child, written once, and ended. They read what the table of who sees what gives them, and write nothing but that they looked.
grant select, insert on assignments to portal_app;
grant update (ended_on, ended_by_id, end_reason) on assignments to portal_app;
create function refuse_change_but_ending() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.ended_on is null and new.ended_on is not null
        and to_jsonb(new) - array['ended_on', 'ended_by_id', 'end_reason'] = to_jsonb(old) - array['ended_on', 'ended_by_id', 'end_reason'] then
        return new;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger only_ends before update or delete on assignments for each row execute function refuse_change_but_ending();
create trigger never_emptied before truncate on assignments for each statement execute function refuse_change();

-- What who is asking is assigned as: looked up, so that a role that is only claimed, was changed or was left reaches nothing.
create function app_assigned_as() returns text language plpgsql stable parallel safe as $$
declare
    actor uuid := app_actor();
begin
    return (select p.role from people p where p.id = actor and p.left_at is null and p.role in ('ReviewingOfficer', 'Advocate'));
end
$$;

create or replace function app_caseload() returns uuid[] language plpgsql stable parallel safe as $$
declare
    reach text := app_reach();
    actor uuid := app_actor();
begin
    if reach = 'Caseload' then
        return array(
            select a.child_id from allocations a where a.practitioner_id = actor and a.ended_on is null
            union
            select b.child_id from break_glasses b where b.person_id = actor and b.ended_at is null and b.expires_at > now());
    elsif reach = 'Team' then
        return array(select distinct a.child_id from allocations a where a.practitioner_id = any (app_team()) and a.ended_on is null);
    elsif reach = 'Assigned' then
        return array(select s.child_id from assignments s where s.person_id = actor and s.ended_on is null and s.role = app_assigned_as());
    end if;
    return '{}';
end
$$;

-- The same for the query filters, which say who asks. With a default, so that a site of the version before, which names four, goes on until it is switched.
drop function children_reached(uuid, uuid, uuid, timestamptz);
create function children_reached(of_authority uuid, person uuid, team uuid, at_time timestamptz, assigned uuid default null) returns table (child_id uuid) language plpgsql stable parallel safe rows 20 as $$
begin
    return query
        select a.child_id from allocations a where a.authority_id = of_authority and a.practitioner_id = person and a.ended_on is null
        union
        select b.child_id from break_glasses b where b.authority_id = of_authority and b.person_id = person and b.ended_at is null and b.expires_at > at_time
        union
        select a.child_id from people p join allocations a on a.practitioner_id = p.id where p.team_id = team and a.authority_id = of_authority and a.ended_on is null
        union
        select s.child_id from assignments s join people p on p.id = s.person_id
            where s.authority_id = of_authority and s.person_id = assigned and s.ended_on is null and p.role = s.role and p.left_at is null;
end
$$;

alter table assignments enable row level security;
alter table assignments force row level security;
create policy reads on assignments for select using (
    authority_id = (select app_authority())
    and ((select app_reach()) in ('Register', 'Need', 'Whole')
        or ((select app_reach()) = 'Assigned' and person_id = (select app_actor()))
        or ((select app_reach()) in ('Caseload', 'Team') and child_id = any ((select app_caseload())::uuid[]))));
create policy assigned_by_oneself on assignments for insert with check (
    authority_id = (select app_authority())
    and ((select app_reach()) = 'Whole'
        or (assigned_by_id = (select app_actor()) and ((select app_reach()) = 'Register'
            or ((select app_reach()) = 'Team' and child_id = any ((select app_caseload())::uuid[]))))));
-- Whoever works with the child ends what the child took back, and nothing else.
create policy ends on assignments for update using (
    authority_id = (select app_authority())
    and ((select app_reach()) in ('Register', 'Whole')
        or ((select app_reach()) = 'Team' and child_id = any ((select app_caseload())::uuid[]))
        or ((select app_reach()) = 'Caseload' and role = 'Advocate' and child_id = any ((select app_caseload())::uuid[]))))
    with check (
    authority_id = (select app_authority())
    and ((select app_reach()) in ('Register', 'Whole')
        or ((select app_reach()) = 'Team' and child_id = any ((select app_caseload())::uuid[]))
        or ((select app_reach()) = 'Caseload' and end_reason = 'ChildTookItBack' and child_id = any ((select app_caseload())::uuid[]))));

-- What they read of a child. As a row of a list, as the other scripts have theirs: docs/access.md is compared with it. "also" is what a row needs beside the child: what belongs to a
-- record goes with the record, and of files only pictures, since a voice is heard with those who work with the child.
do $$
declare
    t text;
    also text;
    of_record constant text := 'exists (select from voice_records r where r.id = %I.voice_record_id)';
begin
    for t, also in
        select * from (values
            ('allocations', 'true'),
            ('child_keys', 'true'),
            ('voice_sessions', 'true'),
            ('present_persons', 'true'),
            -- That somebody may not be safe is a reviewing officer's to know, and not an advocate's.
            ('voice_records', 'sensitivity <> ''Disclosure'' or (select app_assigned_as()) = ''ReviewingOfficer'''),
            ('voice_words', of_record),
            ('voice_codings', of_record),
            ('interpretations', of_record),
            ('interpretation_showings', 'exists (select from interpretations i where i.id = interpretation_showings.interpretation_id)'),
            ('third_party_voices', of_record),
            ('third_party_answers', 'exists (select from third_party_voices v where v.id = third_party_answers.third_party_voice_id)'),
            ('files', 'exists (select from voice_records r where r.file_id = files.id and r.kind in (''Drawing'', ''Photo''))'),
            ('file_pieces', 'exists (select from files f where f.id = file_pieces.file_id)'),
            ('asks', 'not exists (select from ask_voices v where v.ask_id = asks.id and not exists (select from voice_records r where r.id = v.voice_record_id))'),
            ('ask_voices', 'true'),
            ('ask_steps', 'exists (select from asks a where a.id = ask_steps.ask_id)'),
            ('consent_events', 'true'),
            ('consent_uses', 'true'),
            ('consent_orders', 'true'),
            ('withdrawal_outcomes', 'true'),
            ('named_recipients', 'true'),
            ('competence_assessments', 'true'),
            ('parental_responsibilities', 'true'),
            ('delegated_authorities', 'true'),
            ('legal_statuses', 'true'),
            ('relationships', 'true'),
            ('media_erasures', 'true'),
            ('disposals', 'true'),
            -- What keeps something from them: without it they would see too much, not too little.
            ('do_not_tells', 'true'),
            ('restrictions', 'true'),
            ('restriction_openings', 'true')) as rows (t, also)
    loop
        execute format(
            'create policy assigned_reads on %I for select using (authority_id = (select app_authority()) and (select app_reach()) = ''Assigned'''
            || ' and child_id = any ((select app_caseload())::uuid[]) and (%s))', t, format(also, t));
    end loop;
end
$$;
create policy assigned_reads on children for select using (
    authority_id = (select app_authority()) and (select app_reach()) = 'Assigned' and id = any ((select app_caseload())::uuid[]));

-- That a permission was relied on when they opened a picture is written by whoever opened it.
create policy assigned_relies on consent_uses for insert with check (
    authority_id = (select app_authority()) and (select app_reach()) = 'Assigned' and used_by_id = (select app_actor()) and child_id = any ((select app_caseload())::uuid[]));

-- Everything else is not theirs: what anybody of a council may read, and every other way to write. Named are the log, what each person keeps of themselves, and what words, answers and
-- permissions are shown by. A migration that adds a table calls this again (RowSecurityTests say so).
create procedure close_to_assigned() language plpgsql as $$
declare
    own constant text[] := array['audit_entries', 'sign_ins', 'second_factors', 'person_identities'];
    shown_by constant text[] := array['notices', 'break_glasses', 'authority_keys', 'assignments', 'teams', 'tools', 'tool_versions', 'wordings', 'purpose_settings', 'research_projects'];
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
revoke all on procedure close_to_assigned() from public;
call close_to_assigned();

-- A file of no child is a return or an extract.
create policy assigned_reads_of_children on files as restrictive for select using ((select app_reach()) <> 'Assigned' or child_id is not null);
create policy assigned_reads_of_children on file_pieces as restrictive for select using ((select app_reach()) <> 'Assigned' or child_id is not null);
