package maildrift.alerts.notify;

import java.util.ArrayList;
import java.util.List;
import maildrift.alerts.Notification;
import maildrift.alerts.Visible;

/**
 * Where a person finds more, as services put it on a button.
 *
 * @param text what it leads to, short and harmless
 * @param url http or https
 */
public record Link(String text, String url) {
  private static final int LONGEST_TEXT = 60;
  private static final int LONGEST_URL = 2_000;

  /** To the domain, where it is one alone, and to the page. */
  public static List<Link> of(Notification notification) {
    var links = new ArrayList<Link>();
    var domain = notification.commonLabels().get("domain");
    if (!domain.isEmpty() && isLink(notification.items().getFirst().generatorUrl())) {
      links.add(
          new Link(
              "Look at " + Visible.line(domain, LONGEST_TEXT),
              notification.items().getFirst().generatorUrl()));
    }
    Wording.of(notification)
        .link()
        .filter(Link::isLink)
        .ifPresent(page -> links.add(new Link("Open maildrift", page)));
    return List.copyOf(links);
  }

  private static boolean isLink(String url) {
    return (url.startsWith("https://") || url.startsWith("http://"))
        && url.length() <= LONGEST_URL
        && url.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
