-- For how long looks have agreed about an alert, and whether it comes and goes.
alter table alert add column course varchar default '{}' not null;
