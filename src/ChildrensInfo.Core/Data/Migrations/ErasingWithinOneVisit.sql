-- What is deleted nobody brings back. So only what was there when it was stopped is, and only while nobody has marked the stop as a mistake and
-- whoever said it has not said yes since, and nothing but what was made at the one visit or is the one thing that it was said of. Whether the stop decides at all is for the program:
-- the rules stand in one place.
create or replace function erase_recording(erasure uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done media_erasures;
    stop consent_events;
begin
    select * into done from media_erasures where id = erasure and erased_by_id = app_actor();
    select * into stop from consent_events e where e.id = done.event_id and e.child_id = done.child_id
        -- A yes of somebody else that the child does not want is a stop too.
        and (e.type in ('Withdrawn', 'Refused', 'Objected')
            or (e.type in ('Given', 'Renewed') and e.decided_by <> 'ChildForSelf' and coalesce(e.child_position, 'Dissents') = 'Dissents'))
        and coalesce((select o.wants from withdrawal_outcomes o where o.event_id = e.id order by o.decided_at desc, o.id desc limit 1), e.wants) = 'DeleteRecording';
    if not found then
        raise exception 'Nobody asked for this to be deleted' using errcode = 'insufficient_privilege';
    end if;
    perform 1 from consent_events m where m.child_id = stop.child_id and m.corrects_event_id = stop.id and m.type = 'EnteredInError';
    if found then
        raise exception 'It was stopped by mistake: nothing was deleted' using errcode = 'insufficient_privilege';
    end if;
    perform 1 from consent_events y where y.child_id = stop.child_id and y.purpose = stop.purpose and y.scope_id is not distinct from stop.scope_id
        and y.type in ('Given', 'Renewed') and y.decided_by = stop.decided_by and y.decided_by_relationship_id is not distinct from stop.decided_by_relationship_id
        and y.child_position <> 'Dissents' and y.occurred_at > stop.occurred_at
        and not exists (select from consent_events m where m.corrects_event_id = y.id and m.type = 'EnteredInError');
    if found then
        raise exception 'They have said yes since: nothing was deleted' using errcode = 'insufficient_privilege';
    end if;
    perform 1 from voice_records r where r.id = done.voice_record_id and r.child_id = done.child_id and r.file_id = done.file_id
        -- What came from a device later had been made before, or under no yes at all.
        and (r.sealed_at <= stop.occurred_at or r.device_time <= stop.occurred_at or r.arrived_unpermitted)
        and (stop.scope <> 'Session' or r.session_id = stop.scope_id) and (stop.scope <> 'VoiceRecord' or r.id = stop.scope_id);
    if not found then
        raise exception 'There is no such recording to delete' using errcode = 'insufficient_privilege';
    end if;
    perform no_hold_meanwhile();
    perform 1 from legal_holds h where h.authority_id = done.authority_id and h.lifted_at is null and (h.child_id is null or h.child_id = done.child_id);
    if found then
        raise exception 'A legal hold stands: nothing was deleted' using errcode = 'insufficient_privilege';
    end if;
    delete from file_pieces where file_id = done.file_id and child_id = done.child_id;
    -- Without its key nothing left of it anywhere could be opened.
    update files set wrapped_key = '\x' where id = done.file_id and child_id = done.child_id;
end
$$;
