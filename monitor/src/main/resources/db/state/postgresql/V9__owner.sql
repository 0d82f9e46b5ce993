-- Whose the store is: each transaction that writes asks for its own token first.
create table store_owner (
  one boolean primary key check (one),
  token varchar not null,
  who varchar not null,
  since timestamp with time zone not null
);
