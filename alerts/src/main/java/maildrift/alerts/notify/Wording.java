package maildrift.alerts.notify;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Notification;
import maildrift.alerts.Notification.Item;
import maildrift.alerts.Severity;
import maildrift.alerts.Visible;

/**
 * A notification in words for people: what it comes down to, what changed, what that breaks, whom
 * it hits, what to paste, since when. Mail and terminals take it whole; services with marks of
 * their own take its parts, which are as they came from strangers' DNS and not escaped.
 */
public final class Wording {
  private static final int LONGEST_SUBJECT = 120;
  private static final int MOST_NAMES = 20;
  private static final int LONGEST_TEXT = 4_000;
  private static final int LONGEST_LINK = 2_000;

  /** So many times one rule is told in full; what else violates it is named. */
  private static final int MOST_OF_A_RULE = 3;

  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Notification notification;
  private final List<Section> firing;
  private final List<Section> resolved;

  private Wording(Notification notification) {
    this.notification = notification;
    this.firing = sections(notification.firing());
    this.resolved = sections(notification.resolved());
  }

  public static Wording of(Notification notification) {
    return new Wording(notification);
  }

  /** {@code [FIRING:3] netblocks.missing (critical): de._netblocks.mimecast.com TXT}. */
  public String subject() {
    var about = firing.isEmpty() ? resolved : firing;
    var count =
        notification.isFiring() ? notification.firing().size() : notification.items().size();
    var cause = cause();
    return Visible.line(
        "[%s:%d] %s%s"
            .formatted(
                notification.isFiring() ? "FIRING" : "RESOLVED",
                count,
                about.isEmpty() ? "" : about.getFirst().title(),
                cause.isEmpty() ? "" : ": " + cause),
        LONGEST_SUBJECT);
  }

  /** What stands above the sections: the cause, how much it hits, since when or how long. */
  public List<Part> summary() {
    var about = notification.isFiring() ? notification.firing() : notification.items();
    var summary = new ArrayList<Part>();
    put(summary, "Cause", cause(), Part.Kind.PROSE);
    put(summary, "Hits", hits(about), Part.Kind.PROSE);
    if (notification.isFiring()) {
      put(summary, "Since", MINUTES.format(start(about)), Part.Kind.PROSE);
    } else if (!about.isEmpty()) {
      put(summary, "Over", lasted(about).orElse(""), Part.Kind.PROSE);
    }
    return List.copyOf(summary);
  }

  private static String hits(List<Item> items) {
    var domains = values(items, "domain").size();
    var tenants = values(items, "tenant");
    if (domains == 0) {
      return "";
    }
    return (domains == 1 ? "1 domain" : domains + " domains")
        + switch (tenants.size()) {
          case 0 -> "";
          case 1 -> " of " + tenants.getFirst();
          default -> " of " + tenants.size() + " tenants";
        };
  }

  /** What fires, then what is over; alerts that say the same are one section. */
  public List<Section> sections() {
    return Stream.concat(firing.stream(), resolved.stream()).toList();
  }

  /** Maildrift's page with what this is about, where it is http or https. */
  public Optional<String> link() {
    var page = notification.externalUrl();
    if (!page.startsWith("https://") && !page.startsWith("http://")) {
      return Optional.empty();
    }
    var query =
        Stream.of("cause", "alertname", "domain", "tenant")
            .filter(name -> !notification.groupLabels().get(name).isEmpty())
            .map(
                name ->
                    name
                        + "="
                        + URLEncoder.encode(
                            notification.groupLabels().get(name), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    var filtered = page + (page.endsWith("/") ? "alerts?" : "/alerts?") + query;
    return Optional.of(query.isEmpty() || filtered.length() > LONGEST_LINK ? page : filtered);
  }

  /** Plain text, lines ended by line feeds, harmless. */
  public String text() {
    return PlainText.of(this);
  }

  /** A whole page, harmless: no script, nothing from outside. */
  public String html() {
    return HtmlPage.of(this);
  }

  boolean isFiring() {
    return notification.isFiring();
  }

  /** The worst of it. */
  Severity severity() {
    return sections().stream()
        .map(Section::severity)
        .max(Severity::compareTo)
        .orElse(Severity.INFO);
  }

  /** What it all comes down to, as it came; empty where the alerts have nothing in common. */
  public String cause() {
    var grouped = notification.groupLabels().get("cause");
    return grouped.isEmpty() ? notification.commonLabels().get("cause") : grouped;
  }

  /**
   * Alerts that say the same of several domains are one section. Where one rule says something else
   * of each of many domains, the first are told in full and the others in one section.
   */
  private static List<Section> sections(List<Item> items) {
    var rules = new LinkedHashMap<List<String>, LinkedHashMap<List<String>, List<Item>>>();
    for (var item : items) {
      rules
          .computeIfAbsent(
              List.of(item.labels().get("alertname"), item.labels().get("severity")),
              _ -> new LinkedHashMap<>())
          .computeIfAbsent(
              List.of(
                  item.annotation("diff"),
                  item.annotation("description"),
                  item.annotation("remedy")),
              _ -> new ArrayList<>())
          .add(item);
    }
    var sections = new ArrayList<Section>();
    for (var rule : rules.values()) {
      var alike = List.copyOf(rule.values());
      var full = alike.size() > MOST_OF_A_RULE + 1 ? MOST_OF_A_RULE : alike.size();
      alike.subList(0, full).forEach(same -> sections.add(new Section(same, true)));
      var others = alike.subList(full, alike.size()).stream().flatMap(List::stream).toList();
      if (!others.isEmpty()) {
        sections.add(new Section(others, false));
      }
    }
    return List.copyOf(sections);
  }

  /**
   * One thing that is said.
   *
   * @param text as it came from strangers, shortened; not escaped
   */
  public record Part(String name, String text, Kind kind) {

    /** What a text is for. */
    public enum Kind {
      PROSE,
      /** Names, the first of them. */
      NAMES,
      /** Old and new, a line each, which begin with {@code -}, {@code +} or {@code ~}. */
      CHANGE,
      /** Advice; what is to be pasted follows a line that ends in a colon. */
      REMEDY
    }

    /** To compare or to paste: it keeps its lines and wants letters of one width. */
    public boolean isVerbatim() {
      return switch (kind) {
        case PROSE, NAMES -> false;
        case CHANGE, REMEDY -> true;
      };
    }
  }

  /**
   * Alerts of one rule.
   *
   * @param areAlike whether they say the same; else each has its own change and remedy, which are
   *     not in it
   */
  public record Section(List<Item> items, boolean areAlike) {
    public Section {
      items = List.copyOf(items);
    }

    public boolean isFiring() {
      return items.getFirst().isFiring();
    }

    public Severity severity() {
      return items.getFirst().severity();
    }

    /** Rule and severity, {@code netblocks.missing (critical)}. */
    public String title() {
      var labels = items.getFirst().labels();
      return Visible.line(
          labels.get("alertname")
              + (labels.get("severity").isEmpty() ? "" : " (" + labels.get("severity") + ")"));
    }

    public String since() {
      return MINUTES.format(start(items));
    }

    public Optional<String> until() {
      return end(items).map(MINUTES::format);
    }

    /** {@code since …}, or {@code over after 2 h 10 min (… to …)}. */
    public String when() {
      return lasted(items)
          .map(lasted -> "over " + lasted + " (" + since() + " to " + until().orElse("") + ")")
          .orElseGet(() -> "since " + since());
    }

    public List<Part> parts() {
      var first = items.getFirst();
      var domains = values(items, "domain");
      var tenants = values(items, "tenant");
      var parts = new ArrayList<Part>();
      put(parts, isFiring() ? "What is wrong" : "What was wrong", said("summary"), Part.Kind.PROSE);
      if (areAlike) {
        var changed = isFiring() ? "What changed" : "What had changed";
        put(parts, changed, first.annotation("diff"), Part.Kind.CHANGE);
        if (isFiring()) {
          put(parts, "What it breaks", first.annotation("description"), Part.Kind.PROSE);
        }
      }
      put(parts, counted("Domain", domains), listed(domains), Part.Kind.NAMES);
      put(parts, counted("Tenant", tenants), listed(tenants), Part.Kind.NAMES);
      if (areAlike && isFiring()) {
        put(parts, "What to do", first.annotation("remedy"), Part.Kind.REMEDY);
      } else if (isFiring()) {
        put(parts, "What to do", "Look at each domain; what to paste differs.", Part.Kind.PROSE);
      }
      put(parts, "Why you hear of it", said("escalation"), Part.Kind.PROSE);
      put(parts, "Why so late", said("held_back"), Part.Kind.PROSE);
      put(parts, "Acknowledged", said("acknowledged"), Part.Kind.PROSE);
      put(parts, "No longer acknowledged", said("acknowledgement_ended"), Part.Kind.PROSE);
      put(parts, "How it ended", said("resolution"), Part.Kind.PROSE);
      return List.copyOf(parts);
    }

    /** What the alerts say each, the first of them. */
    private String said(String annotation) {
      var general =
          items.stream().map(item -> general(item, annotation)).distinct().limit(2).toList();
      if (items.size() > 1 && general.size() == 1 && general.getFirst().isPresent()) {
        return general.getFirst().get();
      }
      var all =
          items.stream()
              .map(item -> item.annotation(annotation))
              .filter(text -> !text.isBlank())
              .distinct()
              .toList();
      return String.join("\n", all.subList(0, Math.min(all.size(), MOST_NAMES)))
          + (all.size() > MOST_NAMES ? "\nand " + (all.size() - MOST_NAMES) + " more" : "");
    }

    /** What an alert says, of any domain; empty: it is about this one's own names. */
    private static Optional<String> general(Item item, String annotation) {
      var domain = item.labels().get("domain");
      var text = item.annotation(annotation);
      if (domain.isEmpty() || text.isBlank()) {
        return Optional.empty();
      }
      var words = new ArrayList<String>();
      for (var word : text.split(" ", -1)) {
        words.add(
            word.equals(domain) || word.equals(domain + ",") || word.equals(domain + ":")
                ? "each domain" + word.substring(domain.length())
                : word);
      }
      var general = String.join(" ", words);
      return general.contains(domain) ? Optional.empty() : Optional.of(general);
    }

    private static String counted(String what, List<String> names) {
      return names.size() == 1 ? what : what + "s (" + names.size() + ")";
    }

    private static String listed(List<String> names) {
      return String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)))
          + (names.size() > MOST_NAMES ? ", and " + (names.size() - MOST_NAMES) + " more" : "");
    }
  }

  private static void put(List<Part> parts, String name, String value, Part.Kind kind) {
    if (!value.isBlank()) {
      parts.add(new Part(name, Visible.shortened(value.strip(), LONGEST_TEXT), kind));
    }
  }

  private static List<String> values(List<Item> items, String label) {
    return items.stream()
        .map(item -> item.labels().get(label))
        .filter(value -> !value.isEmpty())
        .distinct()
        .toList();
  }

  private static Instant start(List<Item> items) {
    return items.stream().map(Item::startsAt).min(Instant::compareTo).orElse(Instant.EPOCH);
  }

  private static Optional<Instant> end(List<Item> items) {
    return items.stream().flatMap(item -> item.endsAt().stream()).max(Instant::compareTo);
  }

  /** {@code after 2 h 10 min}, from the first start to the last end. */
  private static Optional<String> lasted(List<Item> items) {
    return end(items).map(end -> "after " + length(Duration.between(start(items), end)));
  }

  /** In its two largest units, {@code 2 h 10 min}. */
  static String length(Duration lasted) {
    var units =
        Stream.of(
                count(lasted.toDays(), "d"),
                count(lasted.toHoursPart(), "h"),
                count(lasted.toMinutesPart(), "min"),
                count(lasted.toSecondsPart(), "s"))
            .dropWhile(String::isEmpty)
            .limit(2)
            .filter(unit -> !unit.isEmpty())
            .collect(Collectors.joining(" "));
    return units.isEmpty() ? "less than a second" : units;
  }

  private static String count(long number, String unit) {
    return number > 0 ? number + " " + unit : "";
  }
}
