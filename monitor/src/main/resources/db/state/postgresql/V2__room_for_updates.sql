-- checked_at of every domain changes at every look: with room in the page and no index on it, the
-- new version stays on its page (HOT) and the table does not bloat.
alter table domain_look set (fillfactor = 50);
alter table owed set (fillfactor = 70);
