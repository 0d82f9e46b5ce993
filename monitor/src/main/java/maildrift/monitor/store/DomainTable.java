package maildrift.monitor.store;

import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** {@code kept_domain}: managed domains that are in no configuration file. */
final class DomainTable {
  private final String upsert;

  DomainTable(Dialect dialect) {
    upsert =
        dialect.upsert(
            "kept_domain", List.of("name"), List.of("definition", "added_at", "added_by"));
  }

  void put(Handle handle, Collection<KeptDomain> domains) {
    Rows.batch(
        handle,
        upsert,
        domains,
        (batch, domain) ->
            batch
                .bind("name", domain.name())
                .bind("definition", Texts.storable(domain.definition()))
                .bind("added_at", Rows.time(domain.addedAt()))
                .bind("added_by", Texts.storable(domain.addedBy())));
  }

  void drop(Handle handle, Collection<String> names) {
    Rows.batch(
        handle,
        "delete from kept_domain where name = :name",
        names,
        (batch, name) -> batch.bind("name", name));
  }

  List<KeptDomain> all(Handle handle) {
    return handle
        .createQuery("select * from kept_domain order by name")
        .map(
            (row, _) ->
                new KeptDomain(
                    row.getString("name"),
                    row.getString("definition"),
                    Rows.time(row, "added_at"),
                    row.getString("added_by")))
        .list();
  }
}
