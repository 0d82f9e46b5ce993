-- What the daemon must not forget. Plain SQL that H2 and PostgreSQL both read.

create table domain_state (
  domain  varchar not null primary key,
  content bytea not null,
  verdict varchar not null
);

-- Apart from the state, because most looks bring nothing new: such a look rewrites this short row only.
create table domain_look (
  domain        varchar not null primary key,
  checked_at    timestamp(6) with time zone not null,
  next_check_at timestamp(6) with time zone
);

create table seen_record (
  domain     varchar not null,
  record     varchar not null,
  content    text not null,
  changed_at timestamp(6) with time zone not null,
  primary key (domain, record)
);

create table baseline (
  domain      varchar not null primary key,
  records     text not null,
  accepted_at timestamp(6) with time zone not null,
  accepted_by varchar not null
);

create table alert (
  fingerprint varchar not null primary key,
  domain      varchar not null,
  labels      varchar not null,
  annotations text not null,
  phase       varchar not null,
  looks       integer not null,
  flaps       integer not null,
  starts_at   timestamp(6) with time zone not null,
  updated_at  timestamp(6) with time zone not null,
  ends_at     timestamp(6) with time zone
);

create table alert_group (
  group_id  varchar not null primary key,
  receiver  varchar not null,
  group_key varchar not null,
  labels    varchar not null,
  told      text not null,
  told_at   timestamp(6) with time zone not null
);

-- The outbox. A claim lives at most until claimed_until; dead ones are kept for a person to see.
create table owed (
  id            varchar not null primary key,
  receiver      varchar not null,
  group_key     varchar not null,
  sequence      bigint not null,
  body          text not null,
  created_at    timestamp(6) with time zone not null,
  attempts      integer not null,
  next_attempt  timestamp(6) with time zone not null,
  last_error    varchar,
  claimed_by    varchar,
  claimed_until timestamp(6) with time zone,
  dead_at       timestamp(6) with time zone
);
create index owed_in_order on owed (receiver, sequence);
create index owed_of_group on owed (receiver, group_key, sequence);

-- Numbers that only grow: the highest sequence ever owed, which outlives the notification itself, and
-- how many batches were committed.
create table counter (
  name   varchar not null primary key,
  amount bigint not null
);
insert into counter (name, amount) values ('sequence', 0), ('commits', 0);

create table silence (
  id         varchar not null primary key,
  ends_at    timestamp(6) with time zone not null,
  definition text not null
);

create table kept_domain (
  name       varchar not null primary key,
  definition text not null,
  added_at   timestamp(6) with time zone not null,
  added_by   varchar not null
);

create table network (
  source       varchar not null,
  network      varchar not null,
  first_seen   timestamp(6) with time zone not null,
  last_seen    timestamp(6) with time zone not null,
  withdrawn_at timestamp(6) with time zone,
  primary key (source, network)
);

-- Lines of the history on their way to its own file; committed with the state that caused them.
create table change_pending (
  id         varchar not null primary key,
  changed_at timestamp(6) with time zone not null,
  domain     varchar not null,
  tenant     varchar not null,
  record     varchar not null,
  old_value  text,
  new_value  text,
  kind       varchar not null
);
