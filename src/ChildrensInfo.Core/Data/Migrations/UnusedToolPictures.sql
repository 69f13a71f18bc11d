-- A picture that no version of a tool names goes once it is a day old: it was chosen by mistake, or for a tool that was not kept after all. What any version ever named stays for good, and none is changed.
create function refuse_named_picture() returns trigger language plpgsql as $$
begin
    if old.created_at > now() - interval '1 day' then
        raise exception '% was kept just now: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
    end if;
    -- Whoever saves a version that names it does so before this or after it (ToolService), and finds it or finds it gone.
    if exists (select from tool_versions v where v.authority_id = old.authority_id and position(old.id::text in v.definition_json::text) > 0) then
        raise exception '% is named by a tool: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
    end if;
    return old;
end
$$;
drop trigger written_once on tool_pictures;
create trigger written_once before update on tool_pictures for each row execute function refuse_change();
create trigger stays_while_named before delete on tool_pictures for each row execute function refuse_named_picture();
grant delete on tool_pictures to portal_app;
create policy forgotten_by_the_service on tool_pictures for delete using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
