-- Who has taken an alert; one that has ended stays until the alert resolves.
create table acknowledgement (
  fingerprint varchar not null primary key,
  taken_by    varchar not null,
  taken_at    timestamp(6) with time zone not null,
  note        text not null,
  severity    varchar not null,
  content     varchar not null,
  ended_at    timestamp(6) with time zone,
  ended_why   text
);
