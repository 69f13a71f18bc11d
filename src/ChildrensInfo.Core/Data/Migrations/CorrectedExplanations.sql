-- What corrects an explanation explains the same: a rule, a restriction and a move that reach what explains a record reach it too. Nothing of what was
-- sealed is touched: the link stands beside the words.
alter table voice_records disable trigger written_once;
update voice_records c set explains_id = f.explains_id from voice_records f where f.child_id = c.child_id and f.id = c.corrects_id and f.explains_id is not null;
alter table voice_records enable trigger written_once;
