-- What many domains share is read by its name, among the lines of all that is shared.

create index history_by_record on history (domain, record, changed_at);
