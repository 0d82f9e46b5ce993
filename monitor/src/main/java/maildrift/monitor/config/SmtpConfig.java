package maildrift.monitor.config;

import java.time.Duration;
import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.SmtpSettings;

/**
 * How mail servers are looked at.
 *
 * @param port of MX hosts
 * @param helo what the daemon calls itself in EHLO; empty: the address literal of its own end
 * @param allowPrivate connect to loopback and private addresses (laboratories, inner gateways)
 * @param timeout of one look at one address, from connecting to QUIT
 */
public record SmtpConfig(int port, Optional<DnsName> helo, boolean allowPrivate, Duration timeout) {
  public static final SmtpConfig DEFAULT =
      new SmtpConfig(
          SmtpSettings.DEFAULT.port(),
          SmtpSettings.DEFAULT.helo(),
          SmtpSettings.DEFAULT.allowPrivate(),
          SmtpSettings.DEFAULT.timeout());

  /** With the paces that nobody has to set. */
  public SmtpSettings settings() {
    var settings = SmtpSettings.DEFAULT.port(port).allowPrivate(allowPrivate).timeout(timeout);
    return helo.map(settings::helo).orElse(settings);
  }
}
