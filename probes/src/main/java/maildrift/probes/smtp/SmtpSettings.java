package maildrift.probes.smtp;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.DnsName;

/**
 * How mail servers are looked at.
 *
 * @param port of MX hosts
 * @param helo the name said in EHLO; empty: the address literal of the own end (RFC 5321 §4.1.4)
 * @param allowPrivate whether loopback, private and other special addresses are contacted that DNS
 *     gave; declared ones are anyway
 * @param timeout the whole of one look, from the connection to QUIT
 * @param connectionsPerAddress how many connections one address gets at a time
 * @param looksPerSecond how many connections one address gets in a second, on average; as many may
 *     come at once
 * @param connections how many there are at a time, to all addresses together
 * @param trials what servers are asked to do beyond a look; nothing by default
 * @param offersForbidden whether old versions of TLS and weak suites are offered, to see whether
 *     they are taken: two connections a day and address
 */
public record SmtpSettings(
    int port,
    Optional<DnsName> helo,
    boolean allowPrivate,
    Duration timeout,
    int connectionsPerAddress,
    int looksPerSecond,
    int connections,
    Set<Trial> trials,
    boolean offersForbidden) {

  public static final SmtpSettings DEFAULT =
      new SmtpSettings(
          25, Optional.empty(), false, Duration.ofSeconds(10), 2, 5, 200, Set.of(), true);

  public SmtpSettings {
    trials = Set.copyOf(trials);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
    if (timeout.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException("the timeout must be at least 100ms, was " + timeout);
    }
    if (connectionsPerAddress < 1 || looksPerSecond < 1 || connections < 1) {
      throw new IllegalArgumentException("limits of connections must be at least 1");
    }
  }

  public SmtpSettings port(int value) {
    return new SmtpSettings(
        value,
        helo,
        allowPrivate,
        timeout,
        connectionsPerAddress,
        looksPerSecond,
        connections,
        trials,
        offersForbidden);
  }

  public SmtpSettings helo(DnsName value) {
    return new SmtpSettings(
        port,
        Optional.of(value),
        allowPrivate,
        timeout,
        connectionsPerAddress,
        looksPerSecond,
        connections,
        trials,
        offersForbidden);
  }

  public SmtpSettings allowPrivate(boolean value) {
    return new SmtpSettings(
        port,
        helo,
        value,
        timeout,
        connectionsPerAddress,
        looksPerSecond,
        connections,
        trials,
        offersForbidden);
  }

  public SmtpSettings timeout(Duration value) {
    return new SmtpSettings(
        port,
        helo,
        allowPrivate,
        value,
        connectionsPerAddress,
        looksPerSecond,
        connections,
        trials,
        offersForbidden);
  }

  public SmtpSettings pace(int connectionsPerAddress, int looksPerSecond) {
    return new SmtpSettings(
        port,
        helo,
        allowPrivate,
        timeout,
        connectionsPerAddress,
        looksPerSecond,
        connections,
        trials,
        offersForbidden);
  }

  public SmtpSettings trials(Set<Trial> value) {
    return new SmtpSettings(
        port,
        helo,
        allowPrivate,
        timeout,
        connectionsPerAddress,
        looksPerSecond,
        connections,
        value,
        offersForbidden);
  }

  public SmtpSettings offersForbidden(boolean value) {
    return new SmtpSettings(
        port,
        helo,
        allowPrivate,
        timeout,
        connectionsPerAddress,
        looksPerSecond,
        connections,
        trials,
        value);
  }
}
