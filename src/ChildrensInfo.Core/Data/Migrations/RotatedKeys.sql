-- What is written once may be wrapped anew with a newer key of the council, and not otherwise: every other column stays, and so does the length of what is sealed. Only a
-- job of the whole council does it (KeyRotation), and a key is destroyed only when no row names it any more, which the foreign keys see to.
create function refuse_change_but_rewrapping() returns trigger language plpgsql as $$
declare
    held text := tg_argv[0];
    before jsonb := to_jsonb(old);
    after jsonb;
begin
    if tg_op = 'UPDATE' then
        after := to_jsonb(new);
        if length(after ->> held) = length(before ->> held) and after - array['authority_key_id', held] = before - array['authority_key_id', held]
            and (select n.created_at from authority_keys n where n.id = new.authority_key_id) > (select o.created_at from authority_keys o where o.id = old.authority_key_id) then
            return new;
        end if;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

do $$
declare
    t text;
begin
    foreach t in array array['reflections', 'reflection_steps', 'domain_uses', 'participation_activities', 'participation_steps'] loop
        execute format('drop trigger written_once on %I', t);
        -- Those about a child go with the child.
        execute format('create trigger written_once before update%2$s on %1$I for each row execute function refuse_change_but_rewrapping(''sealed'')',
            t, case when t like 'participation%' then '' else ' or delete' end);
        execute format('grant update (authority_key_id, sealed) on %I to portal_app', t);
    end loop;
    foreach t in array array['reflections', 'reflection_steps', 'domain_uses'] loop
        execute format('create policy wrapped_anew on %I for update using (authority_id = (select app_authority()) and (select app_reach()) = ''Whole'')', t);
    end loop;
    foreach t in array array['child_keys', 'participation_activities', 'participation_steps'] loop
        execute format('create policy wrapped_anew on %I as restrictive for update using ((select app_reach()) = ''Whole'')', t);
    end loop;
end
$$;

create trigger wrapped_anew before update on child_keys for each row execute function refuse_change_but_rewrapping('wrapped_key');
revoke update on child_keys, authority_keys from portal_app;
grant update (authority_key_id, wrapped_key) on child_keys to portal_app;
grant delete on authority_keys to portal_app;
create policy destroyed_by_a_job on authority_keys as restrictive for delete using ((select app_reach()) = 'Whole');

-- What people have beside their password is theirs to change; a job of the whole council wraps its key anew, and changes nothing else.
create policy read_to_wrap_anew on second_factors for select using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
create policy wrapped_anew on second_factors for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
create trigger wrapped_anew before update on second_factors for each row when (app_reach() = 'Whole') execute function refuse_change_but_rewrapping('wrapped_key');
