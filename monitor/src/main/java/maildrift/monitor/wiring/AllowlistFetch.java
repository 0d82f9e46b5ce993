package maildrift.monitor.wiring;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import maildrift.alerts.notify.http.GuardedHttp;
import maildrift.alerts.notify.http.Reply;
import maildrift.alerts.notify.http.Request;
import maildrift.monitor.config.AllowlistConfig;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.network.AllowlistFile;

/** Gets allowlists that are kept behind a URL. */
public final class AllowlistFetch {
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private AllowlistFetch() {}

  /**
   * Gets one list; blocks.
   *
   * @return the list, or an unreadable one that says why. An empty body is no list: a gateway takes
   *     an empty list to accept all, and what a web server sends by mistake must not come to that
   */
  public static Allowlist of(
      AllowlistConfig list, AllowlistConfig.Fetched source, Duration deadline) {
    var host = source.url().getHost();
    var request = Request.get(source.url(), source.allowPrivate(), deadline, MOST_BYTES);
    return switch (GuardedHttp.standard().send(request)) {
      case Reply.Answered answered when !answered.isSuccess() ->
          list.unreadable("%s answered %d".formatted(host, answered.status()));
      case Reply.Answered answered when !answered.complete() ->
          list.unreadable(
              "the list of %s broke off, or is longer than %d MiB"
                  .formatted(host, MOST_BYTES / 1024 / 1024));
      case Reply.Answered answered -> read(list, host, answered.body());
      case Reply.Unanswered(_, var why) ->
          list.unreadable("%s could not be fetched: %s".formatted(host, why));
    };
  }

  /** All that are kept behind a URL, at once; by name. */
  public static Map<String, Allowlist> all(Collection<AllowlistConfig> lists, Duration deadline) {
    var fetched = new ConcurrentHashMap<String, Allowlist>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var list : lists) {
        if (list.source() instanceof AllowlistConfig.Fetched source) {
          // A failure of ours leaves the list as it is before it is fetched: unreadable.
          threads.execute(() -> fetched.put(list.name(), of(list, source, deadline)));
        }
      }
    }
    return Map.copyOf(fetched);
  }

  private static Allowlist read(AllowlistConfig list, String host, String body) {
    var file = AllowlistFile.parse(body);
    if (!file.problems().isEmpty()) {
      return list.unreadable(
          "the list of %s is not used: %s".formatted(host, file.problems().getFirst()));
    }
    return file.entries().isEmpty()
        ? list.unreadable("the list of %s is empty".formatted(host))
        : list.holding(file.entries());
  }
}
