package maildrift.probes.dns;

import com.google.common.base.Ascii;
import com.ibm.icu.text.IDNA;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  private final String text;

  /**
   * One char an octet, lower case; made when first asked for, since most names from the wire are
   * only compared and printed. Racy on purpose: the lists are immutable and equal.
   */
  private @Nullable List<String> labels;

  private DnsName(List<String> labels) {
    this.labels = labels;
    this.text =
        labels.isEmpty() ? "." : String.join(".", labels.stream().map(DnsName::escaped).toList());
  }

  private DnsName(String plainText) {
    this.text = plainText;
  }

  /** From text that is valid, in lower case and without escapes. */
  static DnsName ofPlain(String text) {
    return text.isEmpty() ? ROOT : new DnsName(text);
  }

  /**
   * A name as a person or a record writes it: with or without a trailing dot, A-labels or U-labels
   * (UTS-46). Other octets as in a zone file: {@code \.} is a dot inside a label, {@code \DDD} the
   * octet of that decimal number (RFC 1035 §5.1).
   *
   * @throws IllegalArgumentException with a message that says what is wrong
   */
  public static DnsName of(String written) {
    if (isReady(written)) {
      return new DnsName(written);
    }
    if (written.equals(".")) {
      return ROOT;
    }
    if (written.indexOf('\\') >= 0) {
      return ofLabels(unescaped(written));
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

  /** Already the text form of a valid name without escapes: the usual case, told in one pass. */
  private static boolean isReady(String text) {
    var length = text.length();
    if (length == 0 || length > MAX_WIRE - 2) {
      return false;
    }
    var labelStart = 0;
    for (var i = 0; i <= length; i++) {
      var c = i == length ? '.' : text.charAt(i);
      if (c == '.') {
        if (i == labelStart || i - labelStart > MAX_LABEL) {
          return false;
        }
        labelStart = i + 1;
      } else if (!isPlain(c) || (c >= 'A' && c <= 'Z')) {
        return false;
      }
    }
    return true;
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
      folded.add(lowerCase(label));
    }
    if (wire > MAX_WIRE) {
      throw new IllegalArgumentException("a name of %d octets (at most 255)".formatted(wire));
    }
    return folded.isEmpty() ? ROOT : new DnsName(List.copyOf(folded));
  }

  /** Folds A to Z only: the DNS knows no other case (RFC 4343 §3). */
  private static String lowerCase(String label) {
    for (var i = 0; i < label.length(); i++) {
      var c = label.charAt(i);
      if (c > 0xff) {
        throw new IllegalArgumentException("not an octet in a label: " + label);
      }
    }
    return Ascii.toLowerCase(label);
  }

  private static List<String> unescaped(String written) {
    var labels = new ArrayList<String>();
    var label = new StringBuilder();
    for (var i = 0; i < written.length(); i++) {
      var c = written.charAt(i);
      if (c == '.') {
        labels.add(label.toString());
        label.setLength(0);
      } else if (c == '\\') {
        i += 1;
        if (i >= written.length()) {
          throw new IllegalArgumentException("a backslash at the end of " + written);
        }
        if (!isDigit(written.charAt(i))) {
          label.append(written.charAt(i));
        } else {
          label.append(octet(written, i));
          i += 2;
        }
      } else {
        label.append(c);
      }
    }
    if (!label.isEmpty()) {
      labels.add(label.toString());
    }
    return labels;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static char octet(String written, int at) {
    var value = 0;
    for (var i = at; i < at + 3; i++) {
      if (i >= written.length() || !isDigit(written.charAt(i))) {
        throw new IllegalArgumentException("a backslash and fewer than three digits in " + written);
      }
      value = value * 10 + written.charAt(i) - '0';
    }
    if (value > 255) {
      throw new IllegalArgumentException("\\%d is no octet in %s".formatted(value, written));
    }
    return (char) value;
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
    var known = labels;
    if (known == null) {
      known = List.of(text.split("\\.", -1));
      labels = known;
    }
    return known;
  }

  public boolean isRoot() {
    return text.equals(".");
  }

  private boolean isPlain() {
    return text.indexOf('\\') < 0;
  }

  /** Without the left-most label; the root's parent is the root. */
  public DnsName parent() {
    if (isPlain()) {
      var dot = text.indexOf('.');
      return dot < 0 || isRoot() ? ROOT : new DnsName(text.substring(dot + 1));
    }
    return labels().size() <= 1 ? ROOT : new DnsName(labels().subList(1, labels().size()));
  }

  /** {@code prefix.this}; the prefix may have several labels, e.g. {@code default._domainkey}. */
  public DnsName child(String prefix) {
    var joined = isRoot() ? prefix : prefix + "." + text;
    if (isReady(joined)) {
      return new DnsName(joined);
    }
    var all = new ArrayList<>(List.of(prefix.split("\\.", -1)));
    all.addAll(labels());
    return ofLabels(all);
  }

  /** This name, or one below it. */
  public boolean isWithin(DnsName ancestor) {
    if (ancestor.isRoot() || equals(ancestor)) {
      return true;
    }
    if (isPlain()) {
      var dot = text.length() - ancestor.text.length() - 1;
      return dot > 0 && text.charAt(dot) == '.' && text.endsWith(ancestor.text);
    }
    var extra = labels().size() - ancestor.labels().size();
    return extra >= 0 && labels().subList(extra, labels().size()).equals(ancestor.labels());
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

  /** Stands for itself in the text form. */
  static boolean isPlain(int c) {
    return c > 0x20
        && c < 0x7f
        && switch (c) {
          case '.', '\\', '"', ';', '(', ')', '@', '$' -> false;
          default -> true;
        };
  }

  private static String escaped(String label) {
    StringBuilder out = null;
    for (var i = 0; i < label.length(); i++) {
      var c = label.charAt(i);
      var plain = isPlain(c);
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
    var out = new byte[MAX_WIRE];
    return Arrays.copyOf(out, writeTo(out, 0));
  }

  /** Writes the wire form and returns where it ends; there must be room for 255 octets. */
  int writeTo(byte[] out, int start) {
    var at = start;
    if (isPlain() && !isRoot()) {
      var lengthAt = at++;
      for (var i = 0; i < text.length(); i++) {
        var c = text.charAt(i);
        if (c == '.') {
          out[lengthAt] = (byte) (at - lengthAt - 1);
          lengthAt = at++;
        } else {
          out[at++] = (byte) c;
        }
      }
      out[lengthAt] = (byte) (at - lengthAt - 1);
    } else {
      for (var label : labels()) {
        out[at++] = (byte) label.length();
        for (var i = 0; i < label.length(); i++) {
          out[at++] = (byte) label.charAt(i);
        }
      }
    }
    out[at++] = 0;
    return at;
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
