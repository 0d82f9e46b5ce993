package maildrift.alerts.notify;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.alerts.Notification;
import maildrift.alerts.Notification.Item;
import maildrift.alerts.Severity;
import maildrift.alerts.Visible;

/**
 * A notification in words for people, in mail and on a terminal: what it comes down to, what
 * changed, what that breaks, whom it hits, what to paste, since when. All of it may come from
 * strangers' DNS and is escaped.
 */
public final class Wording {
  private static final int LONGEST_SUBJECT = 120;
  private static final int MOST_DOMAINS = 20;
  private static final int MOST_SECTIONS = 20;
  private static final int LONGEST_TEXT = 8_000;
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

  /** What fires, then what is over; alerts that say the same are one section. */
  public List<Section> sections() {
    return Stream.concat(firing.stream(), resolved.stream()).toList();
  }

  /** Plain text, lines ended by line feeds. */
  public String text() {
    var text = new StringBuilder();
    if (!cause().isEmpty()) {
      text.append("Cause: ").append(Visible.line(cause())).append('\n');
    }
    sections(text, "FIRING", firing);
    sections(text, "RESOLVED", resolved);
    if (!notification.externalUrl().isEmpty()) {
      text.append('\n').append(Visible.line(notification.externalUrl())).append('\n');
    }
    return text.toString();
  }

  /** A fragment of a page: no script, no style from outside, no image. */
  public String html() {
    var html = new StringBuilder("<!doctype html><html><body style=\"font-family:sans-serif\">\n");
    if (!cause().isEmpty()) {
      html.append("<p>Cause: <b>").append(Visible.html(cause())).append("</b></p>\n");
    }
    htmlSections(html, "Firing", firing);
    htmlSections(html, "Resolved", resolved);
    var url = notification.externalUrl();
    if (url.startsWith("https://") || url.startsWith("http://")) {
      html.append("<p><a href=\"%s\">%s</a></p>\n".formatted(Visible.html(url), Visible.html(url)));
    }
    return html.append("</body></html>\n").toString();
  }

  /** What it all comes down to, as it came; empty where the alerts have nothing in common. */
  public String cause() {
    var grouped = notification.groupLabels().get("cause");
    return grouped.isEmpty() ? notification.commonLabels().get("cause") : grouped;
  }

  private static void sections(StringBuilder text, String status, List<Section> sections) {
    for (var section : sections.subList(0, Math.min(sections.size(), MOST_SECTIONS))) {
      text.append('\n').append(status).append(' ').append(section.title()).append(" since ");
      text.append(section.since());
      section.until().ifPresent(end -> text.append(" until ").append(end));
      text.append('\n');
      section.parts().forEach(part -> part(text, part));
    }
    if (sections.size() > MOST_SECTIONS) {
      text.append("\nand %d more kinds of alerts\n".formatted(sections.size() - MOST_SECTIONS));
    }
  }

  private static void part(StringBuilder text, Part part) {
    text.append("  ").append(part.name()).append(":\n");
    Visible.lines(part.text())
        .lines()
        .forEach(line -> text.append("    ").append(line).append('\n'));
  }

  private static void htmlSections(StringBuilder html, String status, List<Section> sections) {
    for (var section : sections.subList(0, Math.min(sections.size(), MOST_SECTIONS))) {
      html.append(
          "<h3>%s: %s</h3>\n<p>since %s%s</p>\n"
              .formatted(
                  status,
                  Visible.html(section.title()),
                  section.since(),
                  section.until().map(end -> " until " + end).orElse("")));
      section
          .parts()
          .forEach(
              part ->
                  html.append(
                      "<p>%s:</p>\n<pre style=\"white-space:pre-wrap\">%s</pre>\n"
                          .formatted(Visible.html(part.name()), Visible.html(part.text()))));
    }
    if (sections.size() > MOST_SECTIONS) {
      html.append(
          "<p>and %d more kinds of alerts</p>\n".formatted(sections.size() - MOST_SECTIONS));
    }
  }

  /** Alerts that say the same of several domains are one section. */
  private static List<Section> sections(List<Item> items) {
    var alike = new LinkedHashMap<List<String>, List<Item>>();
    for (var item : items) {
      alike
          .computeIfAbsent(
              List.of(
                  item.labels().get("alertname"),
                  item.labels().get("severity"),
                  item.annotation("diff"),
                  item.annotation("description"),
                  item.annotation("remedy"),
                  item.annotation("resolution"),
                  item.annotation("held_back")),
              _ -> new ArrayList<>())
          .add(item);
    }
    return alike.values().stream().map(Section::new).toList();
  }

  /**
   * One thing that a section says.
   *
   * @param text as it came from strangers, shortened; not escaped
   * @param isVerbatim to compare or to paste: it keeps its lines and wants letters of one width
   */
  public record Part(String name, String text, boolean isVerbatim) {}

  /** Alerts that say the same. */
  public record Section(List<Item> items) {
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
      return MINUTES.format(
          items.stream().map(Item::startsAt).min(Instant::compareTo).orElse(Instant.EPOCH));
    }

    public Optional<String> until() {
      return items.stream()
          .flatMap(item -> item.endsAt().stream())
          .max(Instant::compareTo)
          .map(MINUTES::format);
    }

    public List<Part> parts() {
      var first = items.getFirst();
      var parts = new ArrayList<Part>();
      put(parts, "What is wrong", summaries(), false);
      put(parts, "What changed", first.annotation("diff"), true);
      put(parts, "What it breaks", first.annotation("description"), false);
      put(parts, items.size() == 1 ? "Domain" : "Domains (" + items.size() + ")", domains(), false);
      put(parts, "What to do", first.endsAt().isPresent() ? "" : first.annotation("remedy"), true);
      put(parts, "Why so late", first.annotation("held_back"), false);
      put(parts, "How it ended", first.annotation("resolution"), false);
      return List.copyOf(parts);
    }

    private String summaries() {
      return listed(
          items.stream().map(item -> item.annotation("summary")).distinct().toList(), "\n");
    }

    private String domains() {
      return listed(
          items.stream()
              .map(item -> item.labels().get("domain"))
              .filter(domain -> !domain.isEmpty())
              .distinct()
              .toList(),
          ", ");
    }

    private static String listed(List<String> all, String separator) {
      var shown = String.join(separator, all.subList(0, Math.min(all.size(), MOST_DOMAINS)));
      return all.size() > MOST_DOMAINS
          ? shown + separator + "and " + (all.size() - MOST_DOMAINS) + " more"
          : shown;
    }

    private static void put(List<Part> parts, String name, String value, boolean verbatim) {
      if (!value.isBlank()) {
        parts.add(new Part(name, Visible.shortened(value.strip(), LONGEST_TEXT), verbatim));
      }
    }
  }
}
