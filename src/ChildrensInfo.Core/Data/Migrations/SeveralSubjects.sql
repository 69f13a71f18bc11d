-- A record or an ask was about one thing; now it is about one or more, and nothing that was said is about nothing. The tables are rewritten, so that no row is
-- updated: what is sealed stays as it was.
alter table voice_records alter column subject_matter type text[] using case when kind = 'Declined' then '{}' else array[subject_matter] end;
alter table voice_records rename column subject_matter to subjects;
alter table asks alter column about type text[] using array[about];
