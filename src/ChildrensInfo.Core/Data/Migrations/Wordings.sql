-- Shipped wordings are for every authority, and only the migrator makes them; the others are their authority's. Whoever governs information has
-- the reach "Need"; nobody else writes them.
alter table wordings enable row level security;
alter table wordings force row level security;
create policy shipped_or_own on wordings for select using (authority_id = (select app_authority())
    or (authority_id is null and ((select app_authority()) is not null or current_user <> 'portal_app')));
create policy own_added on wordings for insert with check (
    (authority_id = (select app_authority()) and (select app_reach()) in ('Need', 'Whole')) or (authority_id is null and current_user <> 'portal_app'));
create policy own_retired on wordings for update using (authority_id = (select app_authority()) and (select app_reach()) in ('Need', 'Whole'));

-- A wording never changes but once: that nobody is asked with it any more.
create function refuse_change_but_retiring() returns trigger language plpgsql as $$
begin
    if old.retired_at is null and new.retired_at is not null and old.authority_id is not null
        and to_jsonb(new) - 'retired_at' = to_jsonb(old) - 'retired_at' then
        return new;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
drop trigger written_once on wordings;
create trigger written_once before update on wordings for each row execute function refuse_change_but_retiring();
grant update (retired_at) on wordings to portal_app;

-- The text that a second person read is the text that comes into force.
create function refuse_changed_draft() returns trigger language plpgsql as $$
declare
    decision text[] := array['state', 'decided_by_id', 'decided_at', 'decision_reason', 'wording_id'];
begin
    if old.state in ('Draft', 'SentBack') or (old.state = 'Waiting' and to_jsonb(new) - decision = to_jsonb(old) - decision) then
        return new;
    end if;
    raise exception '% has left the hands of its writer: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger as_it_was_read before update on wording_drafts for each row execute function refuse_changed_draft();
create trigger written_once before update on purpose_settings for each row execute function refuse_change();

do $$
declare
    t text;
begin
    foreach t in array array['wording_drafts', 'purpose_settings'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_authority on %I using (authority_id = (select app_authority())) with check (authority_id = (select app_authority()) and (select app_reach()) in (''Need'', ''Whole''))', t);
    end loop;
end
$$;

grant select, insert on wording_drafts, purpose_settings to portal_app;
grant update (name, body, link, material_change, change_reason, co_designed_with, state, written_at, decided_by_id, decided_at, decision_reason, wording_id)
    on wording_drafts to portal_app;
