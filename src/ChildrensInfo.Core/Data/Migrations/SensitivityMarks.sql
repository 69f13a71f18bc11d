-- That what is sealed is to be handled with more care than it was sealed with: written once, read by those who work with the child.
grant select, insert on sensitivity_marks to portal_app;
create trigger written_once before update or delete on sensitivity_marks for each row execute function refuse_change();
create trigger never_emptied before truncate on sensitivity_marks for each statement execute function refuse_change();

create function sensitivity_rank(sensitivity text) returns int language sql immutable parallel safe as
    $$ select array_position(array['Normal', 'Sensitive', 'Disclosure'], sensitivity) $$;

-- A record never changes but when it is moved or destroyed, and when somebody marks it: then how it is handled goes up, never down, and nothing else with it.
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
    if only_destroys(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

create function raise_sensitivity() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update voice_records r set sensitivity = new.sensitivity
        where r.child_id = new.child_id and (r.id = new.voice_record_id or r.corrects_id = new.voice_record_id or r.explains_id = new.voice_record_id)
            and sensitivity_rank(r.sensitivity) < sensitivity_rank(new.sensitivity);
    return null;
end
$$;
revoke all on function raise_sensitivity() from public;
create trigger sensitivity_raised after insert on sensitivity_marks for each row execute function raise_sensitivity();

-- What was said to explain a drawing before this is handled like the drawing, too.
alter table voice_records disable trigger written_once;
update voice_records e set sensitivity = d.sensitivity from voice_records d
    where d.child_id = e.child_id and d.id = e.explains_id and sensitivity_rank(e.sensitivity) < sensitivity_rank(d.sensitivity);
alter table voice_records enable trigger written_once;

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('sensitivity_marks', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %I for select using (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
        execute format(
            'create policy marked_by_oneself on %I for insert with check (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) = ''Caseload'' and marked_by_id = (select app_actor()) and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
    end loop;
end
$$;
