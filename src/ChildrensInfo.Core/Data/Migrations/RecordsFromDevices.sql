-- Of what was sealed without a connection, whose clock says when stood only in its receipt; now the record says it itself, wherever it is moved to.
-- How a device's time zone was set, and its number among what was sealed there, were not kept.
alter table voice_records disable trigger written_once;
update voice_records v set clock_source = 'Device', device_id = r.device_id, device_time = r.sealed_at, clock_skew_ms = round(extract(epoch from r.sent_at - r.received_at) * 1000)
    from device_receipts r where r.kind = 'Record' and r.id in (v.id, v.moved_from_id);
alter table voice_records enable trigger written_once;
