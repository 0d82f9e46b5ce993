package maildrift.monitor.drift;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.dns.DnsName;

/**
 * What a domain publishes for mail programs is watched as one text; what changed is told as the
 * records that it was made of.
 */
final class AutoSetupChange {
  static final String KIND = " auto-setup";

  private static final Splitter ENTRIES = Splitter.on(", ").omitEmptyStrings();

  private final DnsName domain;
  private final List<String> news = new ArrayList<>();
  private final List<String> restore = new ArrayList<>();
  private final List<String> causes = new ArrayList<>();

  private AutoSetupChange(DnsName domain) {
    this.domain = domain;
  }

  /**
   * The finding.
   *
   * @param name of the watched record
   */
  static Finding finding(DnsName domain, String name, String old, String now) {
    var change = new AutoSetupChange(domain);
    var before = byLabel(old);
    var after = byLabel(now);
    var labels = new TreeSet<>(before.keySet());
    labels.addAll(after.keySet());
    for (var label : labels) {
      var was = before.getOrDefault(label, "");
      var is = after.getOrDefault(label, "");
      if (!was.equals(is)) {
        change.label(label, was, is);
      }
    }
    return Finding.of(
            Drift.CHANGED,
            name,
            "what sets up mail programs of %s changed: %s"
                .formatted(domain, String.join("; ", change.news)))
        // A single record has the cause that other probes give it, so that it is one message.
        .cause(change.causes.size() == 1 ? change.causes.getFirst() : name)
        .with("old", old)
        .with("new", now)
        .remedy(
            "If nobody of yours made this change, undo it:\n%s\nIf it is right, accept it:\nmaildrift baseline accept %s"
                .formatted(String.join("\n", change.restore), domain));
  }

  private void label(String label, String was, String is) {
    var owner = label + "." + domain;
    news.add("%s from %s to %s".formatted(owner, shown(was), shown(is)));
    causes.add(owner + " " + type(is.isEmpty() ? was : is));
    if (was.isEmpty()) {
      restore.add("remove %s %s".formatted(owner, type(is)));
      return;
    }
    if (!is.isEmpty() && !type(was).equals(type(is))) {
      restore.add("remove %s %s, and publish".formatted(owner, type(is)));
    }
    records(was)
        .map(
            record ->
                record.equals("A")
                    ? "%s. with the address that it had".formatted(owner)
                    : "%s. IN %s".formatted(owner, absolute(record)))
        .forEach(restore::add);
  }

  /** {@code CNAME x}, {@code SRV 0 1 993 x + 0 2 993 y}, or {@code A} for a host of its own. */
  private static Map<String, String> byLabel(String text) {
    var entries = new LinkedHashMap<String, String>();
    for (var entry : ENTRIES.split(text)) {
      var space = entry.indexOf(' ');
      entries.put(
          space < 0 ? entry : entry.substring(0, space),
          space < 0 ? "A" : entry.substring(space + 1));
    }
    return entries;
  }

  private static String type(String entry) {
    var space = entry.indexOf(' ');
    return space < 0 ? entry : entry.substring(0, space);
  }

  private static Stream<String> records(String entry) {
    var type = type(entry);
    return type.length() == entry.length()
        ? Stream.of(entry)
        : Splitter.on(" + ")
            .splitToStream(entry.substring(type.length() + 1))
            .map(data -> type + " " + data);
  }

  /** As it is pasted into a zone: the last word is a name. */
  private static String absolute(String record) {
    return record.endsWith(".") || record.endsWith("…") ? record : record + ".";
  }

  private static String shown(String entry) {
    return entry.isEmpty()
        ? "nothing"
        : entry.equals("A") ? "a host with addresses" : "“" + entry + "”";
  }
}
