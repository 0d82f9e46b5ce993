package maildrift.probes.migration;

import com.google.common.base.Splitter;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.network.Cidr;

/**
 * An SPF record as a set of terms, to see which of them come and go. What they authorise is judged
 * elsewhere, by effect.
 */
final class SpfTerms {
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

  private SpfTerms() {}

  /**
   * In one form: lower case, without the qualifier that all have, networks as they are written
   * shortest.
   */
  static Set<String> of(String record) {
    return WORDS
        .splitToStream(record.toLowerCase(Locale.ROOT))
        .map(term -> term.startsWith("+") ? term.substring(1) : term)
        .map(SpfTerms::canonical)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Those by which a domain authorises a provider, or a gateway of its own. */
  static Set<String> of(Prescription prescription, ManagedDomain domain) {
    var terms = new HashSet<String>();
    terms.addAll(of(prescription.spfInclude()));
    prescription.spfAuthorise().forEach(name -> terms.add("include:" + name));
    prescription.spfHosts().forEach(host -> terms.add("a:" + host));
    prescription
        .parameter("gateway")
        .ifPresent(
            host -> {
              terms.add("mx");
              terms.add("a:" + host);
              domain.gateways().stream()
                  .filter(gateway -> gateway.host().toString().equals(host))
                  .map(Gateway::addresses)
                  .flatMap(List::stream)
                  .forEach(address -> terms.add(literal(Cidr.of(address))));
            });
    return terms;
  }

  private static String canonical(String term) {
    if (!term.startsWith("ip4:") && !term.startsWith("ip6:")) {
      return term;
    }
    try {
      return literal(Cidr.parse(term.substring(term.indexOf(':') + 1)));
    } catch (IllegalArgumentException _) {
      return term;
    }
  }

  private static String literal(Cidr network) {
    return (network.isIpv4() ? "ip4:" : "ip6:")
        + (network.isSingle() ? Cidr.text(network.host()) : network.toString());
  }

  /** The record without some of its terms. */
  static String without(String record, Set<String> terms) {
    return WORDS
        .splitToStream(record)
        .filter(term -> of(term).stream().noneMatch(terms::contains))
        .collect(Collectors.joining(" "));
  }

  /** What can stand between quotes on one line. */
  static String printable(String text) {
    return text.chars()
        .map(c -> c < 0x20 || c == 0x7f ? '?' : c)
        .mapToObj(c -> c == '"' || c == '\\' ? "\\" + (char) c : Character.toString(c))
        .collect(Collectors.joining());
  }
}
