package maildrift.alerts.notify.template;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.alerts.Visible;

/**
 * Which names there are at a place of a template.
 *
 * @param what is spoken of there
 * @param values that can be put in
 * @param blocks that are said if something is so
 * @param families of values with names that we do not know
 */
record Scope(String what, List<String> values, List<String> blocks, List<String> families) {
  static final Scope NOTIFICATION =
      new Scope(
          "a notification",
          List.of(
              "id",
              "status",
              "receiver",
              "reason",
              "thread",
              "title",
              "text",
              "cause",
              "severity",
              "count",
              "link",
              "startsAt",
              "externalURL"),
          List.of("alerts", "firing", "resolved", "cause", "link"),
          List.of("groupLabels.", "commonLabels."));

  static final Scope ALERT =
      new Scope(
          "an alert",
          List.of(
              "status",
              "severity",
              "alertname",
              "domain",
              "tenant",
              "subject",
              "cause",
              "summary",
              "description",
              "remedy",
              "diff",
              "startsAt",
              "endsAt",
              "generatorURL",
              "fingerprint"),
          List.of("firing", "resolved", "first", "last", "diff", "remedy", "tenant", "endsAt"),
          List.of("labels.", "annotations."));

  Scope {
    values = List.copyOf(values);
    blocks = List.copyOf(blocks);
    families = List.copyOf(families);
  }

  boolean hasValue(String name) {
    return values.contains(name) || isOfFamily(name);
  }

  private boolean isOfFamily(String name) {
    return families.stream()
        .anyMatch(family -> name.startsWith(family) && name.length() > family.length());
  }

  /** What can be named inside the block of this name, if there is one. */
  Optional<Scope> block(String name) {
    if (name.equals("alerts") && blocks.contains(name)) {
      return Optional.of(ALERT);
    }
    return blocks.contains(name) || isOfFamily(name) ? Optional.of(this) : Optional.empty();
  }

  /** What to say of a name that does not exist here. */
  String unknown(String name) {
    var known = Stream.concat(values.stream(), blocks.stream()).distinct().sorted().toList();
    var near = known.stream().min(Comparator.comparingInt(word -> distance(name, word)));
    return "there is no '%s'%s; %s has %s and %s"
        .formatted(
            Visible.line(name, 40),
            near.filter(word -> distance(name, word) <= Math.max(1, (word.length() + 1) / 3))
                .map(word -> ", did you mean '" + word + "'?")
                .orElse(""),
            what,
            String.join(", ", known),
            String.join(" and ", families.stream().map(family -> family + "NAME").toList()));
  }

  /** How many letters differ (Levenshtein). */
  private static int distance(String left, String right) {
    if (left.length() > 40) {
      return left.length();
    }
    var above = new int[right.length() + 1];
    for (var j = 0; j <= right.length(); j++) {
      above[j] = j;
    }
    for (var i = 1; i <= left.length(); i++) {
      var row = new int[right.length() + 1];
      row[0] = i;
      for (var j = 1; j <= right.length(); j++) {
        var same = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(above[j - 1] + same, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[right.length()];
  }
}
