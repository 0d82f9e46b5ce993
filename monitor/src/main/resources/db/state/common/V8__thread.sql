-- The id of the first notification of a group since its receiver knew of nothing that fires.
alter table alert_group add column thread varchar default '' not null;
