package maildrift.probes.migration;

import com.google.common.base.Splitter;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;

/**
 * An SPF record as a set of terms, to see which of them come and go. What they authorise is judged
 * elsewhere, by effect.
 */
final class SpfTerms {
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

  private SpfTerms() {}

  /** In one form: lower case, without the qualifier that all have. */
  static Set<String> of(String record) {
    return WORDS
        .splitToStream(record.toLowerCase(Locale.ROOT))
        .map(term -> term.startsWith("+") ? term.substring(1) : term)
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
                  .forEach(address -> terms.addAll(literals(address)));
            });
    return terms;
  }

  private static List<String> literals(InetAddress address) {
    var kind = address.getAddress().length == 4 ? "ip4:" : "ip6:";
    var text = kind + address.getHostAddress();
    return List.of(text, text + (kind.equals("ip4:") ? "/32" : "/128"));
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
