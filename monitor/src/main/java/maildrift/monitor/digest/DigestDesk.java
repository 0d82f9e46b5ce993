package maildrift.monitor.digest;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.domain.Tenant;

/** What people ask of digests. */
public interface DigestDesk {

  /** Of all domains that are watched, in the order of their ids. */
  List<Tenant> tenants();

  /** As it would be made now; empty: no domain has that tenant. */
  Optional<Written> preview(String tenant);

  /**
   * Makes one besides the schedule, which goes on as if there had been none.
   *
   * @return the receiver that it is owed to; empty where nobody would get it
   */
  Optional<String> send(String tenant);

  /** As if there were no other tenants. */
  default DigestDesk only(Set<String> ids) {
    var all = this;
    return new DigestDesk() {
      @Override
      public List<Tenant> tenants() {
        return all.tenants().stream().filter(tenant -> ids.contains(tenant.id())).toList();
      }

      @Override
      public Optional<Written> preview(String tenant) {
        return ids.contains(tenant) ? all.preview(tenant) : Optional.empty();
      }

      @Override
      public Optional<String> send(String tenant) {
        return ids.contains(tenant) ? all.send(tenant) : Optional.empty();
      }
    };
  }
}
