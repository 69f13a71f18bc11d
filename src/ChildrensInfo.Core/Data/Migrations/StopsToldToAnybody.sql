-- A stop can be told to any worker. Whoever sees a child without working with them (a team manager, a reviewing officer, an advocate) writes down a no or a stop in their own name, and nothing
-- else into the ledger: no yes, no proof, no mark that something was a mistake, and nothing of what is to become of what is there.
drop policy assigned_adds_nothing on consent_events;
create policy assigned_adds_stops_only on consent_events as restrictive for insert with check (
    (select app_reach()) not in ('Assigned', 'Team')
    or (type in ('Withdrawn', 'Refused', 'Objected') and recorded_by_id = (select app_actor())
        and evidence_file_id is null and competence_assessment_id is null and corrects_event_id is null and wants is null));
create policy assigned_tells_of_stops on consent_events for insert with check (
    authority_id = (select app_authority()) and (select app_reach()) = 'Assigned' and child_id = any ((select app_caseload())::uuid[]));

-- As it was (ToolPictures.sql), with the ledger.
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
        if t.relname <> 'consent_uses' and not exists (select from pg_policy p where p.polrelid = t.oid and p.polname in ('assigned_adds_nothing', 'assigned_adds_stops_only')) then
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

-- As it was (DraftsThrownAway.sql), but that under a legal hold it throws nothing away instead of failing: whoever writes down the stop may not be one who sees holds.
create or replace function throw_away_drafts(stop_id uuid) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    stop consent_events;
    thrown integer;
begin
    select * into stop from consent_events e where e.id = stop_id and e.purpose = 'TranscribeMachine'
        -- A yes of somebody else that the child does not want is a stop too.
        and (e.type in ('Withdrawn', 'Refused', 'Objected')
            or (e.type in ('Given', 'Renewed') and e.decided_by <> 'ChildForSelf' and coalesce(e.child_position, 'Dissents') = 'Dissents'))
        and not exists (select from consent_events m where m.child_id = e.child_id and m.corrects_event_id = e.id and m.type = 'EnteredInError');
    if not found then
        raise exception 'Nobody said stop: nothing was thrown away' using errcode = 'insufficient_privilege';
    end if;
    perform no_hold_meanwhile();
    perform 1 from legal_holds h where h.authority_id = stop.authority_id and h.lifted_at is null and (h.child_id is null or h.child_id = stop.child_id);
    if found then
        return 0;
    end if;
    delete from transcripts t where t.child_id = stop.child_id and t.method <> 'TypedByPerson' and (stop.scope <> 'VoiceRecord' or t.voice_record_id = stop.scope_id)
        and t.created_at <= stop.recorded_at and not exists (select from transcript_acceptances a where a.transcript_id = t.id);
    get diagnostics thrown = row_count;
    return thrown;
end
$$;
