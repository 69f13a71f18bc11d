-- The second lock. The site connects as portal_app, which owns nothing; who is asking is set inside each transaction
-- (RowSecurity.cs); no setting means no rows. The table of who reaches what is the one in AppDbContext.OnModelCreating.

do $$
begin
    if not exists (select from pg_roles where rolname = 'portal_app') then
        raise exception 'The role portal_app does not exist. Create it first: README, "Running it in production".';
    end if;
end
$$;

revoke all on schema public from public;
grant usage on schema public to portal_app;
grant select, insert, update, delete on all tables in schema public to portal_app;
grant usage on all sequences in schema public to portal_app;
revoke all on "__EFMigrationsHistory" from portal_app;
grant select on "__EFMigrationsHistory" to portal_app;

revoke delete on child_modes from portal_app;

-- Once written, never changed: not by the site, and by a trigger not by its owner either.
revoke update, delete on audit_entries, consent_events, wordings, voice_records, voice_words, interpretations, voice_sessions,
    transcripts, transcript_acceptances, interpretation_showings, third_party_voices, third_party_answers, competence_assessments, extract_children, tools, tool_versions from portal_app;
revoke update, delete on do_not_tells, breach_reports from portal_app;
-- A rule can be ended and a report completed; what they say otherwise stays.
grant update (ended_at, ended_by_id, end_reason_sealed) on do_not_tells to portal_app;
grant update (what_happened_sealed, what_was_done_sealed, child_told, completed_at, completed_by_id) on breach_reports to portal_app;
grant update (retired_at) on tools to portal_app;
revoke update, delete on asks, ask_voices, ask_steps from portal_app;
revoke update, delete on participation_activities, participation_steps, group_answers from portal_app;
-- The text that a second person read is the text that stands.
grant update (state, decided_by_id, decided_at, reason) on group_answers to portal_app;
revoke delete on children, allocations, relationships, returns, extracts, research_projects, jobs, child_keys, authority_keys,
    authorities, people from portal_app;
revoke insert, update on authorities from portal_app;
grant insert on authorities to portal_app;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

create trigger written_once before update or delete on audit_entries for each row execute function refuse_change();
create trigger never_emptied before truncate on audit_entries for each statement execute function refuse_change();
create trigger written_once before update or delete on consent_events for each row execute function refuse_change();
create trigger never_emptied before truncate on consent_events for each statement execute function refuse_change();
create trigger written_once before update on interpretation_showings for each row execute function refuse_change();
create trigger written_once before update on third_party_voices for each row execute function refuse_change();
create trigger written_once before update on third_party_answers for each row execute function refuse_change();

-- A record never changes but once: that it was moved to the child whose it is (move_voice_away, below).
create function refuse_change_but_moving() returns trigger language plpgsql as $$
begin
    if old.moved_at is null and new.moved_at is not null
        and to_jsonb(new) - array['moved_at', 'moved_by_id'] = to_jsonb(old) - array['moved_at', 'moved_by_id'] then
        return new;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger written_once before update on voice_records for each row execute function refuse_change_but_moving();
create trigger written_once before update on voice_words for each row execute function refuse_change();
create trigger written_once before update on interpretations for each row execute function refuse_change();
create trigger written_once before update on tool_versions for each row execute function refuse_change();
create trigger written_once before update on transcripts for each row execute function refuse_change();
create trigger written_once before update on transcript_acceptances for each row execute function refuse_change();
create trigger written_once before update on asks for each row execute function refuse_change();
create trigger written_once before update on ask_voices for each row execute function refuse_change();
create trigger written_once before update on ask_steps for each row execute function refuse_change();
create trigger written_once before update on participation_activities for each row execute function refuse_change();
create trigger written_once before update on participation_steps for each row execute function refuse_change();
create trigger written_once before update on wordings for each row execute function refuse_change();

create function app_authority() returns uuid language sql stable parallel safe as
    $$ select nullif(current_setting('app.authority', true), '')::uuid $$;
create function app_actor() returns uuid language sql stable parallel safe as
    $$ select nullif(current_setting('app.actor', true), '')::uuid $$;
create function app_reach() returns text language sql stable parallel safe as
    $$ select coalesce(nullif(current_setting('app.reach', true), ''), 'None') $$;

-- Tables of one authority.
do $$
declare
    t text;
begin
    foreach t in array array['teams', 'returns', 'return_rejections', 'authority_keys', 'research_projects', 'extracts', 'group_answers'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_authority on %I using (authority_id = (select app_authority())) with check (authority_id = (select app_authority()))', t);
    end loop;
end
$$;

-- Only a data lead, or a job, sees what a return said of children and why it was not loaded.
create policy need_only on return_rejections as restrictive using ((select app_reach()) in ('Need', 'Whole'));
create policy need_only on returns as restrictive using ((select app_reach()) in ('Need', 'Whole'));

alter table jobs enable row level security;
alter table jobs force row level security;
create policy own_authority on jobs
    using (authority_id = (select app_authority()) or (select app_reach()) = 'Runner')
    with check (authority_id = (select app_authority()) or (select app_reach()) = 'Runner');

-- Shipped tools are for every authority, and only the migrator makes them; the others are their authority's.
do $$
declare
    t text;
begin
    foreach t in array array['tools', 'tool_versions'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy shipped_or_own on %I using (authority_id = (select app_authority())'
            || ' or (authority_id is null and ((select app_authority()) is not null or current_user <> ''portal_app'')))'
            || ' with check (authority_id = (select app_authority()) or (authority_id is null and current_user <> ''portal_app''))', t);
    end loop;
end
$$;

-- Anybody may add a line, the signed-out too; an authority reads its own.
alter table audit_entries enable row level security;
alter table audit_entries force row level security;
create policy anybody_adds on audit_entries for insert with check (true);
create policy own_authority_reads on audit_entries for select using (authority_id = (select app_authority()));

-- The people of the team that somebody manages now.
create function app_team() returns uuid[] language sql stable parallel safe as $$
    select coalesce(array_agg(colleague.id), '{}') from people manager
    join people colleague on colleague.team_id = manager.team_id and colleague.authority_id = manager.authority_id
    where manager.id = app_actor() and manager.role = 'TeamManager' and manager.left_at is null
$$;

-- Children and who works with them.
alter table allocations enable row level security;
alter table allocations force row level security;
create policy reads on allocations for select using (
    authority_id = (select app_authority())
    and ((select app_reach()) in ('Register', 'Need', 'Whole')
        or ((select app_reach()) = 'Caseload' and practitioner_id = (select app_actor()))
        or ((select app_reach()) = 'Team' and practitioner_id = any ((select app_team())::uuid[]))));
create policy register_adds on allocations for insert with check (
    authority_id = (select app_authority()) and (select app_reach()) in ('Register', 'Whole'));
create policy register_changes on allocations for update using (
    authority_id = (select app_authority()) and (select app_reach()) in ('Register', 'Whole'));

-- Who covers, since when, and who is to know of it: a person's own. They are made by the service that tells those whose child it is.
alter table break_glasses enable row level security;
alter table break_glasses force row level security;
create policy own on break_glasses for select using (
    authority_id = (select app_authority()) and ((select app_reach()) = 'Whole' or person_id = (select app_actor())));
create policy opened_by_the_service on break_glasses for insert with check (
    authority_id = (select app_authority()) and (select app_reach()) = 'Whole'
    and opened_at between now() - interval '5 minutes' and now() + interval '5 minutes');
create policy ended_by_the_service on break_glasses for update using (
    authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
revoke update, delete on break_glasses from portal_app;
grant update (ended_at, ended_by_id) on break_glasses to portal_app;

alter table notices enable row level security;
alter table notices force row level security;
create policy own on notices for select using (
    authority_id = (select app_authority()) and ((select app_reach()) = 'Whole' or person_id = (select app_actor())));
create policy told_by_a_service on notices for insert with check (
    authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
create policy read_by_oneself on notices for update using (
    authority_id = (select app_authority()) and person_id = (select app_actor()));
revoke update, delete on notices from portal_app;
grant update (read_at) on notices to portal_app;
revoke update, delete on planned_visits from portal_app;
grant update (session_id, called_off_at) on planned_visits to portal_app;

-- The children whom somebody works with: their own and those they cover for, or their team's.
create function app_caseload() returns uuid[] language sql stable parallel safe as $$
    select coalesce(array_agg(child_id), '{}') from (
        select child_id from allocations
        where ended_on is null and case app_reach()
            when 'Caseload' then practitioner_id = app_actor()
            when 'Team' then practitioner_id = any (app_team())
            else false end
        union
        select child_id from break_glasses
        where app_reach() = 'Caseload' and person_id = app_actor() and ended_at is null and expires_at > now()
    ) as mine
$$;

alter table children enable row level security;
alter table children force row level security;
create policy reach on children
    using (authority_id = (select app_authority())
        and ((select app_reach()) in ('Register', 'Need', 'Whole')
            or ((select app_reach()) in ('Caseload', 'Team') and id = any ((select app_caseload())::uuid[]))))
    with check (authority_id = (select app_authority())
        and ((select app_reach()) in ('Register', 'Need', 'Whole')
            or ((select app_reach()) in ('Caseload', 'Team') and id = any ((select app_caseload())::uuid[]))));

do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('voice_sessions', '''Need'', ''Whole'''),
            ('voice_records', '''Need'', ''Whole'''),
            ('asks', '''Need'', ''Whole'''),
            ('ask_voices', '''Need'', ''Whole'''),
            ('ask_steps', '''Need'', ''Whole'''),
            ('consent_events', '''Need'', ''Whole'''),
            ('need_episodes', '''Need'', ''Whole'''),
            ('need_assessments', '''Need'', ''Whole'''),
            ('cin_plans', '''Need'', ''Whole'''),
            ('section47s', '''Need'', ''Whole'''),
            ('protection_plans', '''Need'', ''Whole'''),
            ('extract_children', '''Need'', ''Whole'''),
            ('relationships', '''Whole'''),
            ('planned_visits', '''Whole'''),
            ('voice_words', '''Whole'''),
            ('interpretations', '''Whole'''),
            ('interpretation_showings', '''Whole'''),
            ('third_party_voices', '''Whole'''),
            ('third_party_answers', '''Whole'''),
            ('breach_reports', '''Whole'''),
            ('do_not_tells', '''Whole'''),
            ('child_modes', '''Whole'''),
            ('transcripts', '''Whole'''),
            ('transcript_acceptances', '''Whole'''),
            ('competence_assessments', '''Whole'''),
            ('child_keys', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %1$I using (authority_id = (select app_authority()) and ((select app_reach()) in (%2$s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))'
            || ' with check (authority_id = (select app_authority()) and ((select app_reach()) in (%2$s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
    end loop;

    -- Who makes a child makes their key with them, wrapped; reading it back stays with those who may hear the child.
    create policy register_adds on child_keys for insert with check (
        authority_id = (select app_authority()) and (select app_reach()) in ('Register', 'Whole'));

    foreach t in array array['files', 'file_pieces', 'participation_activities', 'participation_steps'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %1$I using (authority_id = (select app_authority()) and (child_id is null or (select app_reach()) = ''Whole'''
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))'
            || ' with check (authority_id = (select app_authority()) and (child_id is null or (select app_reach()) = ''Whole'''
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t);
    end loop;
end
$$;

-- What was sealed under the wrong child: the one way in which a record ever loses its words. It works only where the same save has put the
-- record under the right child and opened a report about it, and only on rows that who is asking may reach; the site has no other way to
-- take words away (docs/decisions, "A record under the wrong child"). It owns no more than its owner, who stands under the same policies.
create function move_voice_away(record uuid, report_id uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    report breach_reports;
    media uuid;
begin
    select * into report from breach_reports where id = report_id and moved_by_id = app_actor() and completed_at is null;
    perform 1 from voice_records where child_id = report.child_id and moved_from_id = record;
    if not found then
        raise exception 'The record does not stand under the right child: nothing was taken away' using errcode = 'insufficient_privilege';
    end if;
    update voice_records set moved_at = report.moved_at, moved_by_id = report.moved_by_id
        where id = record and child_id = report.wrong_child_id and moved_at is null returning file_id into media;
    if not found then
        raise exception 'There is no such record to move' using errcode = 'insufficient_privilege';
    end if;
    delete from voice_words where voice_record_id = record;
    delete from transcript_acceptances where voice_record_id = record;
    delete from transcripts where voice_record_id = record;
    delete from interpretation_showings s using interpretations i where s.interpretation_id = i.id and i.voice_record_id = record;
    delete from interpretations where voice_record_id = record;
    update do_not_tells set words_sealed = null where voice_record_id = record;
    delete from third_party_answers p using third_party_voices v where p.third_party_voice_id = v.id and v.voice_record_id = record;
    delete from third_party_voices where voice_record_id = record;
    if media is not null then
        delete from file_pieces where file_id = media;
        -- Without its key nothing left of it anywhere could be opened.
        update files set wrapped_key = '\x' where id = media;
    end if;
end
$$;
revoke all on function move_voice_away(uuid, uuid) from public;
grant execute on function move_voice_away(uuid, uuid) to portal_app;
