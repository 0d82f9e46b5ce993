package maildrift.probes.domain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;

/**
 * The networks a gateway accepts mail from ("Allowed sending servers for this domain").
 *
 * @param name the key in the configuration
 * @param entries as the operator wrote them, in that order; an empty list accepts all
 * @param doubleRun how long a range that maildrift saw withdrawn may stay before it is stale
 * @param unreadable why the entries could not be had (a list fetched from a URL that never
 *     answered); then nothing is judged
 */
public record Allowlist(
    String name, List<Cidr> entries, Duration doubleRun, Optional<String> unreadable) {
  public static final Duration DEFAULT_DOUBLE_RUN = Duration.ofDays(30);

  public Allowlist {
    entries = List.copyOf(entries);
  }

  public static Allowlist of(String name, List<Cidr> entries) {
    return new Allowlist(name, entries, DEFAULT_DOUBLE_RUN, Optional.empty());
  }

  public NetworkSet networks() {
    return NetworkSet.of(entries);
  }
}
