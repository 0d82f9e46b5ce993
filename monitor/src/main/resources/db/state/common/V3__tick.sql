-- What persons ticked in checklists; of one migration where the domain has one.
create table tick (
  domain    varchar not null,
  checklist varchar not null,
  step      varchar not null,
  migration timestamp(6) with time zone,
  ticked_by varchar not null,
  ticked_at timestamp(6) with time zone not null,
  note      text not null,
  primary key (domain, checklist, step)
);
