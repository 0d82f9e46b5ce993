package maildrift.probes.spf;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import maildrift.probes.network.Cidr;

/** What the author of a broken term probably meant; empty where nothing is likely. */
final class Suggestions {

  private Suggestions() {}

  static String forModifier(String token, String name) {
    var bare = name.isEmpty() ? name : name.substring(1);
    var isKnown = bare.equalsIgnoreCase("redirect") || bare.equalsIgnoreCase("exp");
    return isKnown && Qualifier.of(name.charAt(0)).isPresent() ? token.substring(1) : "";
  }

  static String forMechanism(String name, String rest, String bare) {
    var lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("redirect") || lower.equals("exp")) {
      return rest.startsWith(":") ? lower + "=" + rest.substring(1) : lower + "=name.example";
    }
    var literal = network(bare);
    if (literal.isPresent()) {
      return literal.get();
    }
    if (lower.equals("ip") || lower.startsWith("ipv")) {
      return rest.startsWith(":") ? network(rest.substring(1)).orElse("") : "";
    }
    return SpfParser.MECHANISMS.stream()
        .filter(known -> known.length() > 2)
        .filter(known -> distance(lower, known) <= 2)
        .min(Comparator.comparingInt(known -> distance(lower, known)))
        .map(known -> known.equals("all") ? known : known + rest)
        .orElse("");
  }

  static String forNetwork(String body, String host) {
    return network(body)
        .or(() -> host.contains(",") ? Optional.of("one term for each network") : Optional.empty())
        .orElse("");
  }

  static String forName(String value) {
    return network(value).orElse("");
  }

  private static Optional<String> network(String text) {
    var slash = text.indexOf('/');
    return Cidr.octets(slash < 0 ? text : text.substring(0, slash))
        .map(octets -> (octets.length == 4 ? "ip4:" : "ip6:") + text);
  }

  /** Levenshtein; both are short, or the answer is "far". */
  static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 3) {
      return Integer.MAX_VALUE;
    }
    var row = new int[b.length() + 1];
    for (var j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (var i = 1; i <= a.length(); i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j <= b.length(); j++) {
        var above = row[j];
        var replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
