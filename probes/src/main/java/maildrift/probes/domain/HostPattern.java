package maildrift.probes.domain;

import java.util.Locale;
import maildrift.probes.dns.DnsName;

/**
 * A host name in which a {@code *} stands for one or more characters of one label, never across a
 * dot. Matching is anchored on both ends, so that {@code mail.test.attacker.example} never matches
 * {@code *.mail.test}.
 */
public record HostPattern(String text) {

  public HostPattern {
    text = text.toLowerCase(Locale.ROOT);
    if (text.endsWith(".")) {
      text = text.substring(0, text.length() - 1);
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a host pattern must not be empty");
    }
  }

  public boolean isExact() {
    return text.indexOf('*') < 0;
  }

  public boolean matches(DnsName name) {
    var wanted = text.split("\\.", -1);
    var labels = name.labels();
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
