package maildrift.probes.tls;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who accepts a certificate, and who does not: everybody compares other names. Each verdict holds
 * the whole of it, name, chain and dates, as that consumer does.
 */
final class Consumers {

  private final TlsSeen.Host host;
  private final boolean isForNextHop;
  private final Optional<String> connectorName;
  private final Presented presented;
  private final Map<String, Boolean> verdicts = new LinkedHashMap<>();
  private final Map<String, String> refusals = new LinkedHashMap<>();

  private Consumers(
      TlsSeen.Host host,
      boolean isForNextHop,
      Optional<String> connectorName,
      Presented presented) {
    this.host = host;
    this.isForNextHop = isForNextHop;
    this.connectorName = connectorName;
    this.presented = presented;
    judge();
  }

  /**
   * @param isForNextHop whether it carries the name that level "secure" wants
   * @param connectorName the name in the other side's connector, where one is declared
   */
  static Consumers of(
      TlsSeen.Host host,
      boolean isForNextHop,
      Optional<String> connectorName,
      Presented presented) {
    return new Consumers(host, isForNextHop, connectorName, presented);
  }

  /** By consumer, in the order of the README. */
  Map<String, Boolean> verdicts() {
    return verdicts;
  }

  /** Why, for those who refuse it. */
  Map<String, String> refusals() {
    return refusals;
  }

  private void judge() {
    var leaf = presented.leaf();
    var name = host.name();
    var others = "its certificate is for " + leaf.shown() + ", not for ";
    chained("postfixVerify", leaf.isFor(name), others + name);
    chained(
        "postfixSecure",
        isForNextHop,
        leaf.isFor(name)
            ? "its certificate is for the MX name that DNS gave, not for the next hop"
            : others + "the next hop");
    // RFC 8461 §4.2 and RFC 9525 §6: the SAN, never the CN.
    var inSan = leaf.sanMatches(name);
    var noSan = "no dNSName of its SAN is " + name;
    chained("mtaSts", inSan, noSan);
    // RFC 7672 §3.1: whether a TLSA record matches is the dane probe's; here only the name's part.
    say("daneTa", inSan, noSan);
    say("daneEe", true, "");
    var connector = connectorName.orElseGet(() -> host.name().toString());
    var cnMatches = isConnector(leaf.commonName(), connector);
    chained(
        "exchangeOnline",
        cnMatches || leaf.dnsNames().stream().anyMatch(san -> isConnector(san, connector)),
        "neither its CN nor its SAN is " + connector);
    chained(
        "seppmail",
        cnMatches,
        leaf.commonName()
            .map(cn -> "its CN is %s, not %s".formatted(cn, connector))
            .orElse("it has no CN"));
  }

  private static boolean isConnector(Optional<String> presented, String connector) {
    return presented.filter(name -> isConnector(name, connector)).isPresent();
  }

  private static boolean isConnector(String presented, String connector) {
    return NameMatch.matchesConnector(presented, connector);
  }

  /** Of a consumer that also wants a trusted chain. */
  private void chained(String consumer, boolean name, String otherwise) {
    if (name && presented.trust() instanceof Trust.Untrusted untrusted) {
      say(consumer, false, untrusted.why());
    } else {
      say(consumer, name, otherwise);
    }
  }

  private void say(String consumer, boolean accepts, String otherwise) {
    verdicts.put(consumer, accepts);
    if (!accepts) {
      refusals.put(consumer, otherwise);
    }
  }
}
