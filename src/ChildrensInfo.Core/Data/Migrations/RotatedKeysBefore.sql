-- Steps were sealed under the key of what they are a step of, and did not say so; now each names its key, so that what it belongs to can be wrapped anew apart from it.
alter table reflection_steps disable trigger written_once;
alter table participation_steps disable trigger written_once;
update reflection_steps s set authority_key_id = r.authority_key_id from reflections r where r.id = s.reflection_id;
update participation_steps s set authority_key_id = a.authority_key_id from participation_activities a where a.id = s.activity_id and s.child_id is null and s.sealed is not null;
alter table reflection_steps enable trigger written_once;
alter table participation_steps enable trigger written_once;
