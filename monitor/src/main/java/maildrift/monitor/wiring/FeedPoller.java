package maildrift.monitor.wiring;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import maildrift.alerts.notify.http.GuardedHttp;
import maildrift.alerts.notify.http.Reply;
import maildrift.alerts.notify.http.Request;
import maildrift.monitor.config.FeedConfig;
import maildrift.monitor.feed.M365Endpoints;
import maildrift.probes.dns.DnsName;
import maildrift.probes.netblocks.Feeds;
import maildrift.probes.network.Cidr;
import maildrift.probes.spf.Netblocks;
import maildrift.probes.spf.SpfTree;

/**
 * Keeps what Microsoft's endpoints feed last said. The version is asked for once in {@code
 * refresh}, the list only when the version is another one, and nothing for an hour after "too many
 * requests", as the publisher asks. A feed that does not answer keeps its last list for a while and
 * is then unseen; it is never empty. The store keeps what it publishes, as of any source.
 */
final class FeedPoller implements Feeds {
  private static final DnsName NAME = DnsName.of(M365Endpoints.NAME);
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final int TOO_MANY_REQUESTS = 429;

  /** Where nobody heard us, asking again soon bothers nobody. */
  private static final Duration AGAIN = Duration.ofMinutes(5);

  /** So many polls in a row may fail until what the last good one said is no longer relied on. */
  private static final int RELIED_ON = 6;

  private final FeedConfig config;
  private final Clock clock;
  private final GuardedHttp http;

  /** This installation's own, as the publisher asks; drawn anew at each start. */
  private final String client = UUID.randomUUID().toString();

  private final ReentrantLock polling = new ReentrantLock();
  private volatile Optional<Good> good = Optional.empty();
  private volatile String why = "it has not been read yet";
  private volatile Instant notBefore = Instant.MIN;

  /**
   * What was last read.
   *
   * @param confirmed when the publisher last said that it is the latest
   */
  private record Good(String version, List<Cidr> networks, Instant confirmed) {
    Good {
      networks = List.copyOf(networks);
    }
  }

  FeedPoller(FeedConfig config, Clock clock) {
    this(config, clock, GuardedHttp.standard());
  }

  FeedPoller(FeedConfig config, Clock clock, GuardedHttp http) {
    this.config = config;
    this.clock = clock;
    this.http = http;
    good = config.written().map(networks -> new Good("written", networks, Instant.MAX));
  }

  /**
   * Takes over what the store kept of the source, so that a restart opens no gap: it is relied on
   * as if it were just read, and the list is asked for at the next poll all the same.
   */
  void recall(Collection<Cidr> kept) {
    polling.lock();
    try {
      if (good.isEmpty() && !kept.isEmpty() && kept.size() <= M365Endpoints.MOST_NETWORKS) {
        good = Optional.of(new Good("", List.copyOf(kept), clock.instant()));
      }
    } finally {
      polling.unlock();
    }
  }

  FeedConfig config() {
    return config;
  }

  /** What it is called in findings. */
  String shown() {
    return M365Endpoints.NAME + " " + config.instance().word();
  }

  @Override
  public Optional<Feed> feed(String name) {
    return config.enabled() && name.equals(M365Endpoints.NAME)
        ? Optional.of(new Feed(shown(), networks()))
        : Optional.empty();
  }

  private Netblocks networks() {
    var last = good;
    var trusted = config.refresh().multipliedBy(RELIED_ON);
    if (last.isPresent()
        && (config.written().isPresent()
            || last.get().confirmed.plus(trusted).isAfter(clock.instant()))) {
      return new Netblocks.Known(NAME, last.get().networks, List.of(), List.of());
    }
    return new Netblocks.Unseen(
        NAME, List.of(), List.of(new SpfTree.Unseen("the feed " + shown(), why)));
  }

  /**
   * Asks, if it is time; blocks.
   *
   * @return whether the networks are others than before
   */
  boolean poll() {
    if (!config.enabled() || config.written().isPresent() || !polling.tryLock()) {
      return false;
    }
    try {
      var now = clock.instant();
      if (now.isBefore(notBefore)) {
        return false;
      }
      var before = good.map(Good::networks).map(Set::copyOf);
      // Whatever happens, a service that heard us is not asked again before its time.
      notBefore = now.plus(config.refresh());
      ask(now);
      return !good.map(Good::networks).map(Set::copyOf).equals(before);
    } finally {
      polling.unlock();
    }
  }

  private void ask(Instant now) {
    try {
      var instance = config.instance().word();
      var version = M365Endpoints.version(get("/version?clientrequestid=" + client, now), instance);
      if (good.filter(last -> last.version.equals(version)).isPresent()) {
        good = good.map(last -> new Good(last.version, last.networks, now));
        return;
      }
      var list =
          get(
              "/endpoints/%s?ServiceAreas=Exchange&ClientRequestId=%s".formatted(instance, client),
              now);
      good = Optional.of(new Good(version, M365Endpoints.networks(list), now));
    } catch (NotRead failure) {
      why = String.valueOf(failure.getMessage());
    } catch (M365Endpoints.Unreadable failure) {
      why = "what %s answered is not used: %s".formatted(host(), failure.getMessage());
    }
  }

  /** Why the last poll brought nothing. */
  String why() {
    return why;
  }

  private String host() {
    return String.valueOf(config.url().getHost());
  }

  /** The service did not give the document. */
  private static final class NotRead extends Exception {
    private static final long serialVersionUID = 1;

    NotRead(String why) {
      super(why);
    }
  }

  private String get(String path, Instant now) throws NotRead {
    var base = config.url().toString();
    var uri = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    var request = Request.get(uri, config.allowPrivate(), Request.DEADLINE, MOST_BYTES);
    return switch (http.send(request)) {
      case Reply.Answered answered when answered.status() == TOO_MANY_REQUESTS -> {
        notBefore = now.plus(longer(config.refresh(), Duration.ofHours(1)));
        throw new NotRead("%s is asked too often, and is left alone for an hour".formatted(host()));
      }
      case Reply.Answered answered when !answered.isSuccess() ->
          throw new NotRead("%s answered %d".formatted(host(), answered.status()));
      case Reply.Answered answered when !answered.complete() ->
          throw new NotRead(
              "the answer of %s broke off, or is longer than %d MiB"
                  .formatted(host(), MOST_BYTES / 1024 / 1024));
      case Reply.Answered answered -> answered.body();
      case Reply.Unanswered(_, var reason) -> {
        notBefore = now.plus(AGAIN);
        throw new NotRead("%s could not be reached: %s".formatted(host(), reason));
      }
    };
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
