package maildrift.probes.spf;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * A name, possibly with macros (RFC 7208 §7.1):
 *
 * <pre>
 * domain-spec = macro-string domain-end
 * domain-end  = ( "." toplabel [ "." ] ) / macro-expand
 * toplabel    = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )
 * </pre>
 */
public record DomainSpec(MacroString macros) {
  /** RFC 7208 §7.3. */
  static final int LONGEST_NAME = 253;

  private static final int LONGEST_LABEL = 63;

  /** Whether the expanded text depends on more than the domain. */
  public boolean isOpaque() {
    return !macros.isStatic();
  }

  @Override
  public String toString() {
    return macros.text();
  }

  /**
   * The name to ask for, from an expanded domain-spec. A trailing dot is dropped; names beyond 253
   * characters lose labels on the left (§7.3). Empty where no such name can exist (empty or too
   * long label, an octet outside ASCII): then nothing matches (§4.8).
   */
  static Optional<DnsName> name(String expanded) {
    var text = fitted(expanded);
    if (text.isEmpty() || text.length() > LONGEST_NAME) {
      return Optional.empty();
    }
    List<String> labels = Arrays.asList(text.split("\\.", -1));
    if (labels.stream().anyMatch(label -> label.isEmpty() || label.length() > LONGEST_LABEL)
        || !text.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      return Optional.empty();
    }
    return Optional.of(DnsName.ofLabels(labels));
  }

  static String withoutTrailingDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** Without a trailing dot, and without the labels on the left that are too many (§7.3). */
  static String fitted(String expanded) {
    var name = withoutTrailingDot(expanded);
    var from = 0;
    while (name.length() - from > LONGEST_NAME) {
      var dot = name.indexOf('.', from);
      if (dot < 0) {
        break;
      }
      from = dot + 1;
    }
    return name.substring(from);
  }

  /** Whether {@code label} is a toplabel of the grammar. */
  static boolean isToplabel(String label) {
    if (label.isEmpty()
        || label.charAt(0) == '-'
        || label.charAt(label.length() - 1) == '-'
        || !label.chars().allMatch(c -> c == '-' || MacroString.isAlphanumeric((char) c))) {
      return false;
    }
    return label.chars().anyMatch(c -> c == '-' || MacroString.isAlpha((char) c));
  }
}
