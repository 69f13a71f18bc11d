grant select, insert, update, delete on indicators, indicator_versions, indicator_releases, populations, voice_codings to portal_app;

-- Indicators and their versions: shipped ones are for every authority, and only the migrator makes them; the others are their authority's.
revoke update, delete on indicators, indicator_versions from portal_app;
grant update (retired_at) on indicators to portal_app;
create trigger written_once before update on indicator_versions for each row execute function refuse_change();

do $$
declare
    t text;
begin
    foreach t in array array['indicators', 'indicator_versions'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy shipped_or_own on %I using (authority_id = (select app_authority())'
            || ' or (authority_id is null and ((select app_authority()) is not null or current_user <> ''portal_app'')))'
            || ' with check ((authority_id = (select app_authority()) and (select app_reach()) in (''Need'', ''Whole'')) or (authority_id is null and current_user <> ''portal_app''))', t);
    end loop;
end
$$;

-- Released figures hold no small number; only a job makes them, so that what is shown is always what was protected.
alter table indicator_releases enable row level security;
alter table indicator_releases force row level security;
create policy own_authority_reads on indicator_releases for select using (authority_id = (select app_authority()));
create policy a_job_adds on indicator_releases for insert with check (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
create policy a_job_takes_away on indicator_releases for delete using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
revoke update on indicator_releases from portal_app;

alter table populations enable row level security;
alter table populations force row level security;
create policy own_authority on populations using (authority_id = (select app_authority())) with check (authority_id = (select app_authority()) and (select app_reach()) in ('Need', 'Whole'));
revoke delete on populations from portal_app;

-- What a record is about, beside the sealed words: who reaches it as in RowSecurity1.sql.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('voice_codings', '''Need'', ''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %1$I using (authority_id = (select app_authority()) and ((select app_reach()) in (%2$s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))'
            || ' with check (authority_id = (select app_authority()) and ((select app_reach()) in (%2$s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
    end loop;
end
$$;
revoke update, delete on voice_codings from portal_app;
grant update (removed_at, removed_by_id) on voice_codings to portal_app;

-- A record that stood under the wrong child takes with it what it was said to be about (move_voice_away in RowSecurity1.sql).
create function take_codings_away() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from voice_codings where voice_record_id = new.id;
    return null;
end
$$;
revoke all on function take_codings_away() from public;
create trigger codings_taken_away after update on voice_records for each row when (old.moved_at is null and new.moved_at is not null) execute function take_codings_away();
