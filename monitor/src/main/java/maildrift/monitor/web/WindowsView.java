package maildrift.monitor.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import maildrift.alerts.mute.Maintenance;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.html.Html;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;

/** What is announced: maintenance windows, and migrations that are not over for long. */
final class WindowsView {
  private static final int MOST_ROWS = 100;
  private static final int MOST_NAMED = 5;

  private WindowsView() {}

  /** Nothing where nothing is announced. */
  static void all(Html html, MonitorConfig config, Instant now) {
    maintenance(
        html,
        config.maintenance().stream().filter(window -> window.until().isAfter(now)).toList(),
        now);
    var moving =
        config.domains().stream()
            .filter(domain -> !domain.migrations().isEmpty())
            .map(domain -> domain.asOf(now))
            .filter(domain -> isShown(domain, now))
            .limit(MOST_ROWS)
            .toList();
    if (!moving.isEmpty()) {
      html.text("h2", "Migrations");
      html.records(
          List.of("phase", "domain", "from", "to", "start", "end", "reason"),
          table -> {
            moving.forEach(
                domain -> migration(table, domain, domain.migration().orElseThrow(), now));
          });
    }
  }

  /** What is announced for one domain. */
  static void of(Html html, ManagedDomain domain, MonitorConfig config, Instant now) {
    for (var window : config.maintenance()) {
      if (window.until().isAfter(now)
          && window.isAbout(domain.name().toString(), domain.tenant().id())) {
        html.text(
            "p",
            "summary",
            "%s%s from %s to %s: alerts%s are not told %s"
                .formatted(
                    window.isOn(now) ? "In maintenance" : "Maintenance",
                    window.reason().isEmpty() ? "" : " (" + window.reason() + ")",
                    window.from(),
                    window.until(),
                    matchers(window),
                    window.isOn(now) ? "now" : "then"));
      }
    }
    domain
        .asOf(now)
        .migration()
        .filter(_ -> isShown(domain.asOf(now), now))
        .ifPresent(
            migration ->
                html.text(
                    "p",
                    "summary",
                    "Migration from %s to %s%s, window from %s to %s: %s"
                        .formatted(
                            migration.from().label(),
                            migration.to().label(),
                            migration.reason().isEmpty() ? "" : " (" + migration.reason() + ")",
                            migration.start(),
                            migration.end(),
                            words(migration, now))));
  }

  private static boolean isShown(ManagedDomain domain, Instant now) {
    return domain
        .migration()
        .filter(
            migration -> now.isBefore(migration.end().plus(Migration.AFTERCARE.multipliedBy(2))))
        .isPresent();
  }

  private static String words(Migration migration, Instant now) {
    return switch (migration.phase(now)) {
      case ANNOUNCED, LEAD -> "the old state is right until the start";
      case WINDOW -> "either state is right now";
      case AFTER -> "the new state alone is right";
    };
  }

  private static void maintenance(Html html, List<Maintenance> windows, Instant now) {
    if (windows.isEmpty()) {
      return;
    }
    html.text("h2", "Maintenance");
    html.records(
        List.of("state", "what", "from", "to", "reason"),
        table -> {
          windows.stream()
              .limit(MOST_ROWS)
              .forEach(
                  window ->
                      table.in(
                          "tr",
                          row -> {
                            row.text("td", window.isOn(now) ? "on: not told" : "announced");
                            row.text("td", "name", names(window));
                            row.text("td", "when", window.from().toString());
                            row.text("td", "when", window.until().toString());
                            row.text("td", window.reason());
                          }));
        });
  }

  private static String names(Maintenance window) {
    var parts = new ArrayList<String>();
    var names = window.domains().stream().sorted().toList();
    if (!names.isEmpty()) {
      parts.add(
          names.size() <= MOST_NAMED
              ? String.join(", ", names)
              : "%s and %d more"
                  .formatted(
                      String.join(", ", names.subList(0, MOST_NAMED)), names.size() - MOST_NAMED));
    }
    if (!window.tenants().isEmpty()) {
      parts.add("tenants " + String.join(", ", window.tenants().stream().sorted().toList()));
    }
    return (parts.isEmpty() ? "all" : String.join("; ", parts)) + matchers(window);
  }

  private static String matchers(Maintenance window) {
    return window.matchers().isEmpty()
        ? ""
        : window.matchers().stream()
            .map(Object::toString)
            .collect(Collectors.joining(", ", " with ", ""));
  }

  private static void migration(
      Html table, ManagedDomain domain, Migration migration, Instant now) {
    table.in(
        "tr",
        row -> {
          row.text("td", migration.phase(now).word());
          row.in(
              "td",
              "name",
              cell -> cell.link("/domains/" + domain.name(), domain.name().unicode()));
          row.text("td", migration.from().label());
          row.text("td", migration.to().label());
          row.text("td", "when", migration.start().toString());
          row.text("td", "when", migration.end().toString());
          row.text("td", migration.reason());
        });
  }
}
