-- Monthly packs: kept by those who see figures. That one is due is seen by the service itself; an edition is made by a job and never changed, but for its foreword until it is published.
grant select, insert on monthly_packs, pack_views, pack_editions to portal_app;
grant update (kept_by_id, stopped_at, made_for) on monthly_packs to portal_app;
grant update (position), delete on pack_views to portal_app;
grant update (authority_key_id, wrapped_key, foreword, foreword_by_id, foreword_at, published_by_id, published_at) on pack_editions to portal_app;

do $$
declare
    t text;
begin
    foreach t in array array['monthly_packs', 'pack_views', 'pack_editions'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_authority on %I for select using (authority_id = (select app_authority()) and (select app_reach()) in (''Need'', ''Whole''))', t);
    end loop;
end
$$;

create policy due_for_the_runner on monthly_packs for select using ((select app_reach()) = 'Runner');
create policy signed_by_oneself on monthly_packs for insert with check (authority_id = (select app_authority()) and (select app_reach()) = 'Need' and kept_by_id = (select app_actor()));
create policy changed_by_oneself on monthly_packs for update using (authority_id = (select app_authority()) and (select app_reach()) in ('Need', 'Whole'))
    with check (authority_id = (select app_authority()) and ((select app_reach()) = 'Whole' or kept_by_id = (select app_actor())));

create policy of_own_pack on pack_views for insert with check (authority_id = (select app_authority()) and (select app_reach()) = 'Need' and pack_id in (select id from monthly_packs));
create policy moved on pack_views for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Need');
create policy taken_out on pack_views for delete using (authority_id = (select app_authority()) and (select app_reach()) = 'Need');

create policy made_by_a_job on pack_editions for insert with check (
    authority_id = (select app_authority()) and (select app_reach()) = 'Whole' and foreword_by_id is null and published_by_id is null and pack_id in (select id from monthly_packs));
create policy written_at on pack_editions for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Need');

-- What was published is what is read ever after; and nobody signs for another.
create function refuse_changed_edition() returns trigger language plpgsql as $$
declare
    open text[] := array['foreword', 'foreword_by_id', 'foreword_at', 'published_by_id', 'published_at'];
begin
    if old.published_at is null and to_jsonb(new) - open = to_jsonb(old) - open
        and (new.published_by_id is null or new.published_by_id = app_actor())
        and ((new.foreword, new.foreword_by_id, new.foreword_at) is not distinct from (old.foreword, old.foreword_by_id, old.foreword_at) or new.foreword_by_id = app_actor()) then
        return new;
    end if;
    raise exception '% is kept as it was published: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger as_published before update on pack_editions for each row when (new.wrapped_key is not distinct from old.wrapped_key) execute function refuse_changed_edition();
create trigger never_taken_away before delete on pack_editions for each row execute function refuse_change();
create trigger never_emptied before truncate on pack_editions for each statement execute function refuse_change();

-- A job of the whole council wraps an edition's key anew when the council's key is changed.
create policy wrapped_anew on pack_editions for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
create trigger wrapped_anew before update on pack_editions for each row when (new.wrapped_key is distinct from old.wrapped_key) execute function refuse_change_but_rewrapping('wrapped_key');
