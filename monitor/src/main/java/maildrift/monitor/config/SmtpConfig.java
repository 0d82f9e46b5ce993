package maildrift.monitor.config;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.SmtpSettings;
import maildrift.probes.smtp.Trial;

/**
 * How mail servers are looked at.
 *
 * @param port of MX hosts
 * @param helo what the daemon calls itself in EHLO; empty: the address literal of its own end
 * @param allowPrivate connect to loopback and private addresses (laboratories, inner gateways)
 * @param timeout of one look at one address, from connecting to QUIT
 * @param activeProbes what mail servers are asked to do beyond a look
 * @param oldTls offer old versions of TLS and weak suites once a day, to see whether they are taken
 */
public record SmtpConfig(
    int port,
    Optional<DnsName> helo,
    boolean allowPrivate,
    Duration timeout,
    Set<Trial> activeProbes,
    boolean oldTls) {
  public static final SmtpConfig DEFAULT =
      new SmtpConfig(
          SmtpSettings.DEFAULT.port(),
          SmtpSettings.DEFAULT.helo(),
          SmtpSettings.DEFAULT.allowPrivate(),
          SmtpSettings.DEFAULT.timeout(),
          SmtpSettings.DEFAULT.trials(),
          SmtpSettings.DEFAULT.offersForbidden());

  public SmtpConfig {
    activeProbes = Set.copyOf(activeProbes);
  }

  /** One that asks for nothing beyond looks. */
  public SmtpConfig(int port, Optional<DnsName> helo, boolean allowPrivate, Duration timeout) {
    this(port, helo, allowPrivate, timeout, Set.of(), true);
  }

  public SmtpConfig allowPrivate(boolean value) {
    return new SmtpConfig(port, helo, value, timeout, activeProbes, oldTls);
  }

  public SmtpConfig activeProbes(Set<Trial> value) {
    return new SmtpConfig(port, helo, allowPrivate, timeout, value, oldTls);
  }

  /** With the paces that nobody has to set. */
  public SmtpSettings settings() {
    var settings =
        SmtpSettings.DEFAULT
            .port(port)
            .allowPrivate(allowPrivate)
            .timeout(timeout)
            .trials(activeProbes)
            .offersForbidden(oldTls);
    return helo.map(settings::helo).orElse(settings);
  }
}
