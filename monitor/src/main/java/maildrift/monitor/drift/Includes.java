package maildrift.monitor.drift;

import com.google.common.base.Splitter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import maildrift.probes.dns.DnsName;
import maildrift.probes.spf.IncludedRecords;

/** Who includes or redirects to whom, read from the texts of watched SPF records. */
public final class Includes {
  private static final Splitter TERMS = Splitter.on(' ').omitEmptyStrings();

  private final List<Map<String, String>> states;

  /** What either of them says is included. */
  public Includes(Map<String, String> now, Map<String, String> before) {
    this.states = List.of(now, before);
  }

  /** The name that a watched SPF record belongs to. */
  static String owner(String record) {
    return record.substring(0, record.length() - IncludedRecords.RECORD.length());
  }

  /** Whether the record is one that the domain depends on, and not its own. */
  static boolean isIncluded(String record, DnsName domain) {
    return record.endsWith(IncludedRecords.RECORD) && !owner(record).equals(domain.toString());
  }

  /** The name, and all that its record leads to, the nearest first. */
  public Set<String> from(String name) {
    return reached(name).keySet();
  }

  /** The names from one to the other, both included; empty where none leads there. */
  List<String> path(String from, String to) {
    var reached = reached(from);
    var path = new ArrayList<String>();
    for (var at = to; reached.containsKey(at) && path.size() <= reached.size(); ) {
      path.addFirst(at);
      if (at.equals(from)) {
        return path;
      }
      at = reached.getOrDefault(at, from);
    }
    return List.of();
  }

  /** Each name with the one that includes it. */
  private SequencedMap<String, String> reached(String name) {
    var reached = new LinkedHashMap<String, String>();
    reached.put(name, name);
    var open = new ArrayDeque<>(List.of(name));
    while (!open.isEmpty()) {
      var at = open.remove();
      for (var next : included(at)) {
        if (reached.putIfAbsent(next, at) == null) {
          open.add(next);
        }
      }
    }
    return reached;
  }

  private Set<String> included(String name) {
    var names = new LinkedHashSet<String>();
    for (var records : states) {
      var text = records.get(name + IncludedRecords.RECORD);
      if (text != null) {
        TERMS.split(text).forEach(term -> names.addAll(target(term, name)));
      }
    }
    return names;
  }

  /** Where macros depend on the message there is no name; {@code %{d}} is the record's own. */
  private static List<String> target(String term, String at) {
    var lower = term.toLowerCase(Locale.ROOT);
    var from = lower.indexOf("include:");
    var written =
        lower.startsWith("redirect=")
            ? lower.substring("redirect=".length())
            : from == 0 || (from == 1 && "+-~?".indexOf(lower.charAt(0)) >= 0)
                ? lower.substring(from + "include:".length())
                : "";
    return DnsName.parse(written.replace("%{d}", at).replace("%{o}", at))
        .map(name -> List.of(name.toString()))
        .orElse(List.of());
  }

  /** The SPF records at these names that are not what they were, in the names' order. */
  static List<String> changed(
      Set<String> names, Map<String, String> baseline, SortedMap<String, String> seen) {
    return names.stream()
        .map(name -> name + IncludedRecords.RECORD)
        .filter(
            record -> {
              var before = baseline.get(record);
              var now = seen.get(record);
              return before != null && now != null && !before.equals(now);
            })
        .toList();
  }
}
