-- What changed when. On H2 in a file of its own, so that its size and its faults never cost an alert.

create table history (
  id         varchar not null primary key,
  changed_at timestamp(6) with time zone not null,
  domain     varchar not null,
  tenant     varchar not null,
  record     varchar not null,
  old_value  text,
  new_value  text,
  kind       varchar not null
);
create index history_by_time on history (changed_at);
create index history_by_domain on history (domain, changed_at);
