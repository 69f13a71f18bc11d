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

-- But for the project's key, which a job of the whole council wraps anew when the council's is changed.
drop trigger written_once on information_use_projects;
create trigger written_once before update or delete on information_use_projects for each row execute function refuse_change_but_rewrapping('wrapped_key');
grant update (authority_key_id, wrapped_key) on information_use_projects to portal_app;
create policy wrapped_anew on information_use_projects for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
