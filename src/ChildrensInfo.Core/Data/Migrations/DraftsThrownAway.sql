-- What a computer wrote of a recording and nobody has checked goes when whoever decides says stop to that help; what a person has checked stays. The site has no other way to take a
-- version away, and this one works only for a stop that stands in the ledger.
create function throw_away_drafts(stop_id uuid) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
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
        raise exception 'A legal hold stands: nothing was thrown away' using errcode = 'insufficient_privilege';
    end if;
    delete from transcripts t where t.child_id = stop.child_id and t.method <> 'TypedByPerson' and (stop.scope <> 'VoiceRecord' or t.voice_record_id = stop.scope_id)
        and t.created_at <= stop.recorded_at and not exists (select from transcript_acceptances a where a.transcript_id = t.id);
    get diagnostics thrown = row_count;
    return thrown;
end
$$;
revoke all on function throw_away_drafts(uuid) from public;
grant execute on function throw_away_drafts(uuid) to portal_app;
