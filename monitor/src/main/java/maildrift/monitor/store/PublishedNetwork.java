package maildrift.monitor.store;

import java.time.Instant;
import java.util.Optional;
import maildrift.probes.network.Cidr;

/**
 * A network that a netblock source publishes or once published.
 *
 * @param source the SPF name, lower case
 * @param withdrawnAt when it was first seen gone; empty while it is published
 */
public record PublishedNetwork(
    String source,
    Cidr network,
    Instant firstSeen,
    Instant lastSeen,
    Optional<Instant> withdrawnAt) {
  public PublishedNetwork {
    firstSeen = Micros.of(firstSeen);
    lastSeen = Micros.of(lastSeen);
    withdrawnAt = withdrawnAt.map(Micros::of);
  }
}
