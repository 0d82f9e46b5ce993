-- Receivers that said that they want no more (410), until they are configured otherwise or a person
-- enables them: mark tells whether the configuration is still the one that was refused.
create table receiver_gone (
  receiver varchar not null primary key,
  mark     varchar not null,
  why      varchar not null,
  gone_at  timestamp(6) with time zone not null
);

-- When maildrift did not run or stood still: what it did not see then, it could not have seen.
create table absence (
  began_at timestamp(6) with time zone not null primary key,
  ended_at timestamp(6) with time zone not null
);

-- When maildrift was last there, in milliseconds since 1970; 0: never.
insert into counter (name, amount) values ('alive', 0);
