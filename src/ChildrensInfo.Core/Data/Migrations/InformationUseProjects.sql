-- Information Use Projects: read by those who see figures, signed with nobody's name but one's own, written once.
grant select, insert on information_use_projects, information_use_versions, information_use_steps to portal_app;

do $$
declare
    t text;
    signer text;
begin
    for t, signer in values ('information_use_projects', 'written_by_id'), ('information_use_versions', 'written_by_id'), ('information_use_steps', 'by_id') loop
        execute format('create trigger written_once before update or delete on %I for each row execute function refuse_change()', t);
        execute format('create trigger never_emptied before truncate on %I for each statement execute function refuse_change()', t);
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_authority on %I for select using (authority_id = (select app_authority()) and (select app_reach()) in (''Need'', ''Whole''))', t);
        execute format('create policy signed_by_oneself on %I for insert with check (authority_id = (select app_authority()) and (select app_reach()) = ''Need'' and %I = (select app_actor()))', t, signer);
    end loop;
end
$$;
