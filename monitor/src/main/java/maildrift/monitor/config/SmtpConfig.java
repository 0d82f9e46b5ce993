package maildrift.monitor.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How mail servers are looked at.
 *
 * @param port of MX hosts
 * @param helo what the daemon calls itself in EHLO; empty: the machine's name
 * @param allowPrivate connect to loopback and private addresses (laboratories, inner gateways)
 * @param timeout of one conversation with one address, from connecting to the end of the handshake
 */
public record SmtpConfig(int port, Optional<String> helo, boolean allowPrivate, Duration timeout) {
  public static final SmtpConfig DEFAULT =
      new SmtpConfig(25, Optional.empty(), false, Duration.ofSeconds(15));
}
