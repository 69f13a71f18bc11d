-- Whether anybody else can be heard on a recording of which nobody had said: written once.
grant select, insert on recording_answers to portal_app;
create trigger written_once before update or delete on recording_answers for each row execute function refuse_change();
create trigger never_emptied before truncate on recording_answers for each statement execute function refuse_change();

-- Of the recordings that are there: whoever named people when they sealed one said that there are others, and whoever named nobody that there are none. But where somebody at the visit is not known to
-- have been out of earshot, or where a child sealed it on their own screen and was not asked, nobody has said, and it is held until its worker does. On devices a child has had a screen of their own
-- since 30 November 2026, and nothing tells what they sealed there from what their worker did.
alter table voice_records no force row level security;
alter table present_persons no force row level security;
alter table third_party_voices no force row level security;
alter table child_modes no force row level security;
alter table voice_records disable trigger written_once;
update voice_records r set anybody_else_heard = case
        when exists (select from third_party_voices v where v.child_id = r.child_id and v.voice_record_id = r.id) then true
        when exists (select from present_persons p where p.child_id = r.child_id and p.session_id = r.session_id and p.in_earshot <> 'No') then null
        -- What was moved from under another child was sealed in that child's visit.
        when exists (select from child_modes m where m.practitioner_id = r.sealed_by_id and (m.session_id = r.session_id or r.moved_from_id is not null)
            and r.sealed_at >= m.started_at and r.sealed_at <= coalesce(m.ended_at, now())) then null
        when r.device_id is not null and r.device_time >= '2026-11-30' then null
        else false
    end
    where r.kind = 'Audio';
alter table voice_records enable trigger written_once;
alter table child_modes force row level security;
alter table third_party_voices force row level security;
alter table present_persons force row level security;
alter table voice_records force row level security;

-- A record never changes but when it is moved or destroyed, when somebody marks it, when somebody says of a photo whether a person can be recognised on it (that one can is never taken back), and
-- when somebody says of a recording, of which nobody had, whether anybody else can be heard on it.
create or replace function refuse_change_but_moving() returns trigger language plpgsql as $$
begin
    if old.moved_at is null and new.moved_at is not null
        and to_jsonb(new) - array['moved_at', 'moved_by_id'] = to_jsonb(old) - array['moved_at', 'moved_by_id'] then
        return new;
    end if;
    if sensitivity_rank(new.sensitivity) > sensitivity_rank(old.sensitivity) and to_jsonb(new) - 'sensitivity' = to_jsonb(old) - 'sensitivity'
        and exists (select from sensitivity_marks m where m.child_id = new.child_id and m.sensitivity = new.sensitivity and m.voice_record_id in (new.id, new.corrects_id, new.explains_id)) then
        return new;
    end if;
    if (old.shows_person is null or (not old.shows_person and new.shows_person))
        and to_jsonb(new) - array['shows_person', 'shows_person_since'] = to_jsonb(old) - array['shows_person', 'shows_person_since']
        and exists (select from photo_answers a where a.child_id = new.child_id and a.voice_record_id = new.id and a.shows_person = new.shows_person and a.answered_at = new.shows_person_since) then
        return new;
    end if;
    if old.anybody_else_heard is null and to_jsonb(new) - 'anybody_else_heard' = to_jsonb(old) - 'anybody_else_heard'
        and exists (select from recording_answers a where a.child_id = new.child_id and a.voice_record_id = new.id and a.anybody_else_heard = new.anybody_else_heard) then
        return new;
    end if;
    if only_destroys(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

create function say_who_is_heard() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update voice_records r set anybody_else_heard = new.anybody_else_heard
        where r.child_id = new.child_id and r.id = new.voice_record_id and r.kind = 'Audio' and r.moved_at is null and r.anybody_else_heard is null;
    if not found then
        raise exception 'There is no recording of which that can be said' using errcode = 'insufficient_privilege';
    end if;
    return null;
end
$$;
revoke all on function say_who_is_heard() from public;
create trigger who_is_heard after insert on recording_answers for each row execute function say_who_is_heard();

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('recording_answers', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %I for select using (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
        execute format(
            'create policy answered_by_oneself on %I for insert with check (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) = ''Caseload'' and answered_by_id = (select app_actor()) and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
    end loop;
end
$$;
call close_to_assigned();
