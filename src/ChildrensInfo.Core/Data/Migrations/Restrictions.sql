-- What is frozen, and to whom it was opened for a purpose the law names.
grant select, insert on restrictions, restriction_openings to portal_app;
grant update (lifted_at, lifted_by_id) on restrictions to portal_app;
create trigger never_deleted before delete on restrictions for each row execute function refuse_change();
create trigger written_once before update or delete on restriction_openings for each row execute function refuse_change();
create trigger never_emptied before truncate on restriction_openings for each statement execute function refuse_change();

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('restrictions', '''Need'', ''Whole'''),
            ('restriction_openings', '''Need'', ''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %I for select using (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
        execute format('create policy written_by_the_service on %I for insert with check (authority_id = (select app_authority()) and (select app_reach()) = ''Whole'')', t);
    end loop;
end
$$;
create policy lifted_by_the_service on restrictions for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');

-- The second lock under the query filter: those who work with a child read no word of what is frozen. A service of the whole council that quotes, counts or copies asks the decision.
create function app_frozen_children() returns uuid[] language sql stable parallel safe as $$
    select coalesce(array_agg(r.child_id), '{}') from restrictions r where r.authority_id = app_authority() and r.lifted_at is null and r.voice_record_id is null
        and not exists (select from restriction_openings o where o.restriction_id = r.id and o.person_id = app_actor() and o.until > now())
$$;
create function app_frozen_records() returns uuid[] language sql stable parallel safe as $$
    select coalesce(array_agg(r.voice_record_id), '{}') from restrictions r where r.authority_id = app_authority() and r.lifted_at is null and r.voice_record_id is not null
        and not exists (select from restriction_openings o where o.restriction_id = r.id and o.person_id = app_actor() and o.until > now())
$$;
do $$
declare
    t text;
begin
    foreach t in array array['voice_words', 'interpretations', 'transcripts'] loop
        execute format('create policy not_frozen on %I as restrictive for select using ((select app_reach()) = ''Whole'''
            || ' or not (child_id = any ((select app_frozen_children())::uuid[]) or voice_record_id = any ((select app_frozen_records())::uuid[])))', t);
    end loop;
end
$$;
