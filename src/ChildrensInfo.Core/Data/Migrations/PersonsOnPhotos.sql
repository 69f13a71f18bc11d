-- Whether a person can be recognised on a photo that was sealed before anybody was asked, or where “no” was wrong: written once. Of the photos that were there before this nobody has said.
grant select, insert on photo_answers to portal_app;
create trigger written_once before update or delete on photo_answers for each row execute function refuse_change();
create trigger never_emptied before truncate on photo_answers for each statement execute function refuse_change();

-- A record never changes but when it is moved or destroyed, when somebody marks it, and when somebody says of a photo whether a person can be recognised on it: that one can is never taken back.
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
    if only_destroys(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

create function say_who_is_on_photo() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update voice_records r set shows_person = new.shows_person, shows_person_since = new.answered_at
        where r.child_id = new.child_id and r.id = new.voice_record_id and r.kind = 'Photo' and r.moved_at is null and (r.shows_person is null or (not r.shows_person and new.shows_person));
    if not found then
        raise exception 'There is no photo of which that can be said' using errcode = 'insufficient_privilege';
    end if;
    return null;
end
$$;
revoke all on function say_who_is_on_photo() from public;
create trigger who_is_on_photo after insert on photo_answers for each row execute function say_who_is_on_photo();

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('photo_answers', '''Whole''')) as rows (t, wide)
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
