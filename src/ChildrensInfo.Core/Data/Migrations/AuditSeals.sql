-- Which transaction wrote a line, and in which cluster, is said by the database itself: the site may not. Lines there were before count as written now.
create function audit_cluster() returns bigint language sql stable parallel safe as $$ select system_identifier from pg_control_system() $$;
alter table audit_entries
    add column cluster bigint not null default audit_cluster(),
    add column written_in xid8 not null default pg_current_xact_id();
create index ix_audit_entries_cluster_written_in on audit_entries (cluster, written_in, id);
revoke insert on audit_entries from portal_app;
grant insert (id, authority_id, actor_id, actor_role, action, child_id, subject_id, detail, at, hash) on audit_entries to portal_app;

-- The sealer belongs to no authority: it reads ids and codes, which is all a line holds.
create policy runner_seals on audit_entries for select using ((select app_reach()) = 'Runner');

grant select, insert on audit_seals to portal_app;
create trigger written_once before update or delete on audit_seals for each row execute function refuse_change();
create trigger never_emptied before truncate on audit_seals for each statement execute function refuse_change();
alter table audit_seals enable row level security;
alter table audit_seals force row level security;
-- Numbers and hashes, about nobody: whoever reads the log may see how far it is sealed.
create policy signed_in_read on audit_seals for select using ((select app_reach()) is not null);
create policy runner_adds on audit_seals for insert with check ((select app_reach()) = 'Runner');
