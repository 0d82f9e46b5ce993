-- Every time an alert fired, from its start to its end: what a digest tells of a week. Written with the alert.
create table alert_episode (
  fingerprint varchar not null,
  started_at  timestamp(6) with time zone not null,
  ended_at    timestamp(6) with time zone,
  tenant      varchar not null,
  labels      varchar not null,
  summary     text not null,
  resolution  text not null,
  primary key (fingerprint, started_at)
);

create index alert_episode_by_tenant on alert_episode (tenant, ended_at);

-- The last digest of each tenant. Written with the mail that is owed, so that it is neither lost nor made twice.
create table digest (
  tenant   varchar not null primary key,
  due_at   timestamp(6) with time zone not null,
  made_at  timestamp(6) with time zone not null,
  figures  text not null
);
