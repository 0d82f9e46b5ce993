package maildrift.monitor.state;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import maildrift.probes.dns.DnsName;

/**
 * The latest of every managed domain, by name. Safe for any thread; each entry is replaced as a
 * whole.
 */
public final class StateTable {
  private final ConcurrentSkipListMap<String, DomainState> states = new ConcurrentSkipListMap<>();

  public Optional<DomainState> of(DnsName name) {
    return Optional.ofNullable(states.get(name.toString()));
  }

  public void put(DomainState state) {
    states.put(state.domain().name().toString(), state);
  }

  /** Removes a domain; its series are gone at the next scrape. */
  public void remove(DnsName name) {
    states.remove(name.toString());
  }

  /** All states in the order of names; a live view. */
  public Collection<DomainState> all() {
    return states.values();
  }

  public int size() {
    return states.size();
  }
}
