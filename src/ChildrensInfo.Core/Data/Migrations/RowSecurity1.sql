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

-- Once written, never changed: not by the site, and by a trigger not by its owner either.
revoke update, delete on audit_entries, consent_events, wordings, voice_records, voice_words, interpretations, voice_sessions,
    competence_assessments, extract_children, tools, tool_versions from portal_app;
grant update (retired_at) on tools to portal_app;
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
create trigger written_once before update on voice_records for each row execute function refuse_change();
create trigger written_once before update on voice_words for each row execute function refuse_change();
create trigger written_once before update on interpretations for each row execute function refuse_change();
create trigger written_once before update on tool_versions for each row execute function refuse_change();
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
    foreach t in array array['teams', 'returns', 'return_rejections', 'authority_keys', 'research_projects', 'extracts'] loop
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
create function app_team() returns uuid[] language sql stable as $$
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

-- The children whom somebody works with: their own, or their team's.
create function app_caseload() returns uuid[] language sql stable as $$
    select coalesce(array_agg(child_id), '{}') from allocations
    where ended_on is null and case app_reach()
        when 'Caseload' then practitioner_id = app_actor()
        when 'Team' then practitioner_id = any (app_team())
        else false end
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
            ('consent_events', '''Need'', ''Whole'''),
            ('need_episodes', '''Need'', ''Whole'''),
            ('need_assessments', '''Need'', ''Whole'''),
            ('cin_plans', '''Need'', ''Whole'''),
            ('section47s', '''Need'', ''Whole'''),
            ('protection_plans', '''Need'', ''Whole'''),
            ('extract_children', '''Need'', ''Whole'''),
            ('relationships', '''Whole'''),
            ('voice_words', '''Whole'''),
            ('interpretations', '''Whole'''),
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

    foreach t in array array['files', 'file_pieces'] loop
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
