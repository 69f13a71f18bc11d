-- Which children a project may have files of, and which of them and over which period a file is. Until now there was one choice.

alter table research_projects add column populations text[] not null default array['in_need_period'];
alter table research_projects alter column populations drop default;
alter table extracts add column population text not null default 'in_need_period', add column period text not null default 'year';
alter table extracts alter column population drop default, alter column period drop default;
alter table extracts add constraint ck_extracts_period check (period in ('year', 'quarter'));

-- What was told is told of that one.
alter table project_previews disable trigger written_once;
alter table project_previews add column populations jsonb;
update project_previews set populations = jsonb_build_array(jsonb_build_object('Key', 'in_need_period', 'Period', 'year', 'About', about, 'IsEnough', is_enough, 'Variables', variables));
alter table project_previews enable trigger written_once;
alter table project_previews drop column about, drop column is_enough, drop column variables;
