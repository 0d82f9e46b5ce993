package maildrift.monitor.self;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.Maintenance;
import maildrift.alerts.state.Problem;
import maildrift.monitor.watch.RecordChange;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.domain.ManagedDomain;

/**
 * How a maintenance window is getting on: one alert a window, told anew when something else has
 * changed or is held back, and ended with what is left. Work in which nothing happens is not told.
 */
public final class MaintenanceProgress implements Symptom {
  private static final int MOST_LINES = 20;
  private static final int LONGEST_VALUE = 300;

  private final Supplier<List<Maintenance>> windows;
  private final Sight sight;

  /** Windows that something was told of: they are ended, not forgotten, when all is as before. */
  private final Set<String> begun = new HashSet<>();

  /** What the watch knows. */
  public interface Sight {
    Collection<ManagedDomain> domains();

    /** The records that a domain has changed since then, as they were accepted and as they are. */
    List<RecordChange> changed(String domain, Instant since);

    /** All alerts of domains. */
    Collection<Alert> alerts();
  }

  public MaintenanceProgress(Supplier<List<Maintenance>> windows, Sight sight) {
    this.windows = windows;
    this.sight = sight;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(Maintenance.PROGRESS);
  }

  @Override
  public void restored(List<Alert> own) {
    own.stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .forEach(alert -> begun.add(alert.labels().get("subject")));
  }

  @Override
  public List<Problem> problems(Instant now) {
    return windows.get().stream()
        .filter(window -> window.isOn(now))
        .flatMap(window -> problem(window).stream())
        .toList();
  }

  private Optional<Problem> problem(Maintenance window) {
    var domains = domains(window);
    var changes = changes(window, domains);
    var held = held(window);
    if (changes.isEmpty() && held.isEmpty() && !begun.contains(subject(window))) {
      return Optional.empty();
    }
    begun.add(subject(window));
    var changed = changes.stream().map(RecordChange::domain).distinct().count();
    var labels = new TreeMap<String, String>();
    labels.put("alertname", Maintenance.PROGRESS);
    labels.put("subject", subject(window));
    labels.put("cause", subject(window));
    labels.put("severity", WatchRules.MAINTENANCE.severity().word());
    var tenants = domains.stream().map(domain -> domain.tenant().id()).distinct().toList();
    if (tenants.size() == 1) {
      labels.put("tenant", tenants.getFirst());
    }
    return Optional.of(
        Problem.of(
            labels,
            Map.of(
                "summary",
                "%s until %s: %s of %s %s changed, %s %s held back"
                    .formatted(
                        named(window),
                        window.until(),
                        count(changes.size(), "record"),
                        count(changed, "domain"),
                        changes.size() == 1 ? "has" : "have",
                        count(held.size(), "alert"),
                        held.size() == 1 ? "is" : "are"),
                "description",
                WatchRules.MAINTENANCE.title() + ". " + WatchRules.MAINTENANCE.why(),
                "remedy",
                WatchRules.MAINTENANCE.remedy(),
                "diff",
                Stream.concat(
                        lines(changes.stream().map(MaintenanceProgress::line).toList(), "changes"),
                        lines(held.stream().map(alert -> "! " + line(alert)).toList(), "alerts"))
                    .collect(Collectors.joining("\n")))));
  }

  /** What is left of the work. */
  @Override
  public Optional<String> ending(Labels labels, Instant now) {
    begun.remove(labels.get("subject"));
    var window =
        windows.get().stream()
            .filter(own -> subject(own).equals(labels.get("subject")))
            .findFirst();
    if (window.isEmpty()) {
      return Optional.of("the maintenance window was taken out of the configuration");
    }
    var changes = changes(window.get(), domains(window.get())).size();
    var held = held(window.get());
    return Optional.of(
        "the window is over: %s %s other than accepted; %s"
            .formatted(
                count(changes, "record"),
                changes == 1 ? "is" : "are",
                held.isEmpty()
                    ? "nothing fires"
                    : "%s now:\n%s"
                        .formatted(
                            held.size() == 1
                                ? "1 alert fires and is told"
                                : held.size() + " alerts fire and are told",
                            lines(held.stream().map(MaintenanceProgress::line).toList(), "alerts")
                                .collect(Collectors.joining("\n")))));
  }

  private List<ManagedDomain> domains(Maintenance window) {
    return sight.domains().stream()
        .filter(domain -> window.isAbout(domain.name().toString(), domain.tenant().id()))
        .sorted(Comparator.comparing(ManagedDomain::name))
        .toList();
  }

  private List<RecordChange> changes(Maintenance window, List<ManagedDomain> domains) {
    return domains.stream()
        .flatMap(domain -> sight.changed(domain.name().toString(), window.from()).stream())
        .toList();
  }

  private List<Alert> held(Maintenance window) {
    return sight.alerts().stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .filter(alert -> window.covers(alert.labels()))
        .sorted(
            Comparator.comparing(Alert::severity)
                .reversed()
                .thenComparing(alert -> alert.labels().get("domain"))
                .thenComparing(alert -> alert.labels().get("alertname"))
                .thenComparing(alert -> alert.labels().get("subject")))
        .toList();
  }

  private static Stream<String> lines(List<String> all, String what) {
    var left = all.size() - MOST_LINES;
    return Stream.concat(
        all.stream().limit(MOST_LINES),
        left > 0 ? Stream.of("… and %d more %s".formatted(left, what)) : Stream.of());
  }

  private static String line(RecordChange change) {
    var lines = new ArrayList<String>();
    lines.add("%s: %s".formatted(change.domain(), change.record()));
    change.before().lines().map(value -> "- " + cut(value)).forEach(lines::add);
    change.after().lines().map(value -> "+ " + cut(value)).forEach(lines::add);
    return String.join("\n", lines);
  }

  private static String line(Alert alert) {
    var labels = alert.labels();
    return "%s %s %s: %s"
        .formatted(
            labels.get("severity"),
            labels.get("domain"),
            labels.get("alertname"),
            cut(alert.annotations().getOrDefault("summary", "")));
  }

  private static String cut(String value) {
    return value.codePointCount(0, value.length()) <= LONGEST_VALUE
        ? value
        : value.substring(0, value.offsetByCodePoints(0, LONGEST_VALUE)) + "…";
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static String named(Maintenance window) {
    return window.reason().isEmpty() ? "Maintenance" : "Maintenance (" + window.reason() + ")";
  }

  /** The window's identity over reloads and restarts. */
  private static String subject(Maintenance window) {
    return "%s from %s (%s)"
        .formatted(
            window.reason().isEmpty() ? "maintenance" : window.reason(),
            window.from(),
            about(window));
  }

  /** Two tenants' windows may have one reason and one start. */
  private static String about(Maintenance window) {
    return Labels.of(
            Map.of(
                "domains",
                sorted(window.domains().stream()),
                "tenants",
                sorted(window.tenants().stream()),
                "matchers",
                sorted(window.matchers().stream().map(Matcher::toString))))
        .fingerprint()
        .substring(0, 8);
  }

  private static String sorted(Stream<String> names) {
    return names.sorted().collect(Collectors.joining(" "));
  }
}
