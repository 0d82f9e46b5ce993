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

  /** To what the first alert is about, and to the page. */
  public static List<Link> of(Notification notification) {
    var links = new ArrayList<Link>();
    var page = notification.externalUrl();
    var items = notification.isFiring() ? notification.firing() : notification.items();
    if (!items.isEmpty()) {
      var first = items.getFirst();
      var domain = first.labels().get("domain");
      if (isLink(first.generatorUrl()) && !first.generatorUrl().equals(page) && !domain.isEmpty()) {
        links.add(new Link("Look at " + Visible.line(domain, LONGEST_TEXT), first.generatorUrl()));
      }
    }
    if (isLink(page)) {
      links.add(new Link("Open maildrift", page));
    }
    return List.copyOf(links);
  }

  private static boolean isLink(String url) {
    return (url.startsWith("https://") || url.startsWith("http://"))
        && url.length() <= LONGEST_URL
        && url.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
