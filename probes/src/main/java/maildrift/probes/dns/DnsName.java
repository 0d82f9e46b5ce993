package maildrift.probes.dns;

import com.ibm.icu.text.IDNA;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A domain name: lower case, A-labels, without the trailing dot; the root is {@code .}. Octets
 * other than letters, digits, {@code - _ * /} and a few more printable ones are written as in a
 * zone file ({@code \DDD}, {@code \.}), so that names from the wire keep their identity and cannot
 * carry control characters.
 */
public final class DnsName implements Comparable<DnsName> {
  public static final DnsName ROOT = new DnsName(List.of());

  /** RFC 1035 §2.3.4: 255 octets on the wire, 63 a label. */
  private static final int MAX_WIRE = 255;

  private static final int MAX_LABEL = 63;

  // UTS-46, non-transitional: faß.de is xn--fa-hia.de, not fass.de (java.net.IDN would ask for
  // another domain).
  private static final IDNA UTS46 =
      IDNA.getUTS46Instance(
          IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.NONTRANSITIONAL_TO_UNICODE | IDNA.CHECK_BIDI);

  /** One char an octet, lower case. */
  private final List<String> labels;

  private final String text;

  private DnsName(List<String> labels) {
    this.labels = labels;
    this.text =
        labels.isEmpty() ? "." : String.join(".", labels.stream().map(DnsName::escaped).toList());
  }

  /**
   * A name as a person or a record writes it: with or without a trailing dot, A-labels or U-labels
   * (UTS-46).
   *
   * @throws IllegalArgumentException with a message that says what is wrong
   */
  public static DnsName of(String written) {
    if (written.equals(".")) {
      return ROOT;
    }
    var name = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a domain name must not be empty");
    }
    if (!name.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      name = toAscii(name);
    }
    return ofLabels(List.of(name.split("\\.", -1)));
  }

  public static Optional<DnsName> parse(String written) {
    try {
      return Optional.of(of(written));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * A name from its labels, one char an octet; case is folded.
   *
   * @throws IllegalArgumentException for an empty or too long label or name
   */
  public static DnsName ofLabels(List<String> labels) {
    var wire = 1;
    var folded = new ArrayList<String>(labels.size());
    for (var label : labels) {
      if (label.isEmpty()) {
        throw new IllegalArgumentException("an empty label in " + String.join(".", labels));
      }
      if (label.length() > MAX_LABEL) {
        throw new IllegalArgumentException(
            "a label of %d octets (at most 63) in %s"
                .formatted(label.length(), String.join(".", labels)));
      }
      wire += label.length() + 1;
      folded.add(label.toLowerCase(Locale.ROOT));
    }
    if (wire > MAX_WIRE) {
      throw new IllegalArgumentException("a name of %d octets (at most 255)".formatted(wire));
    }
    return folded.isEmpty() ? ROOT : new DnsName(List.copyOf(folded));
  }

  private static String toAscii(String name) {
    var info = new IDNA.Info();
    var ascii = UTS46.nameToASCII(name, new StringBuilder(), info).toString();
    if (info.hasErrors()) {
      throw new IllegalArgumentException(
          "not a valid internationalised name: " + name + " " + info.getErrors());
    }
    return ascii;
  }

  /** Labels from the left, one char an octet, unescaped. */
  public List<String> labels() {
    return labels;
  }

  public boolean isRoot() {
    return labels.isEmpty();
  }

  /** Without the left-most label; the root's parent is the root. */
  public DnsName parent() {
    return labels.size() <= 1 ? ROOT : new DnsName(labels.subList(1, labels.size()));
  }

  /** {@code prefix.this}; the prefix may have several labels, e.g. {@code default._domainkey}. */
  public DnsName child(String prefix) {
    var all = new ArrayList<>(List.of(prefix.split("\\.", -1)));
    all.addAll(labels);
    return ofLabels(all);
  }

  /** This name, or one below it. */
  public boolean isWithin(DnsName ancestor) {
    var extra = labels.size() - ancestor.labels.size();
    return extra >= 0 && labels.subList(extra, labels.size()).equals(ancestor.labels);
  }

  /** With U-labels where it has any (UTS-46), for people; falls back to the A-labels. */
  public String unicode() {
    if (!text.contains("xn--")) {
      return text;
    }
    var info = new IDNA.Info();
    var shown = UTS46.nameToUnicode(text, new StringBuilder(), info).toString();
    return info.hasErrors() ? text : shown;
  }

  private static String escaped(String label) {
    StringBuilder out = null;
    for (var i = 0; i < label.length(); i++) {
      var c = label.charAt(i);
      var plain =
          c > 0x20 && c < 0x7f && c != '.' && c != '\\' && c != '"' && c != ';' && c != '('
              && c != ')' && c != '@' && c != '$';
      if (out == null && !plain) {
        out = new StringBuilder(label.substring(0, i));
      }
      if (out != null) {
        if (plain) {
          out.append(c);
        } else if (c > 0x20 && c < 0x7f) {
          out.append('\\').append(c);
        } else {
          out.append("\\%03d".formatted((int) c));
        }
      }
    }
    return out == null ? label : out.toString();
  }

  /** The wire form, uncompressed (RFC 1035 §3.1). */
  public byte[] wire() {
    var out = new byte[labels.stream().mapToInt(label -> label.length() + 1).sum() + 1];
    var at = 0;
    for (var label : labels) {
      out[at++] = (byte) label.length();
      var octets = label.getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(octets, 0, out, at, octets.length);
      at += octets.length;
    }
    return out;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DnsName name && name.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public int compareTo(DnsName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
