package maildrift.probes.domain;

import java.util.List;
import java.util.Locale;
import maildrift.probes.dns.DnsName;

/**
 * A host name in which a {@code *} stands for one or more characters of one label, never across a
 * dot. Matching is anchored on both ends, so that {@code mail.test.attacker.example} never matches
 * {@code *.mail.test}. Alternatives are separated by {@code |}: where a provider has an old and a
 * new name for one thing, either will do.
 */
public record HostPattern(String text) {

  public HostPattern {
    text = text.toLowerCase(Locale.ROOT).replace(" ", "");
    if (text.endsWith(".")) {
      text = text.substring(0, text.length() - 1);
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a host pattern must not be empty");
    }
  }

  /** Only one name matches, and {@code text} is it. */
  public boolean isExact() {
    return text.indexOf('*') < 0 && text.indexOf('|') < 0;
  }

  public boolean matches(DnsName name) {
    for (var alternative : text.split("\\|", -1)) {
      if (matches(alternative.split("\\.", -1), name.labels())) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String[] wanted, List<String> labels) {
    if (labels.size() != wanted.length) {
      return false;
    }
    for (var i = 0; i < wanted.length; i++) {
      if (!matchesLabel(wanted[i], labels.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean matchesLabel(String pattern, String label) {
    var star = pattern.indexOf('*');
    if (star < 0) {
      return pattern.equals(label);
    }
    var head = pattern.substring(0, star);
    var tail = pattern.substring(star + 1);
    return label.length() > head.length() + tail.length()
        && label.startsWith(head)
        && label.endsWith(tail);
  }

  @Override
  public String toString() {
    return text;
  }
}
