package maildrift.monitor.self;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Gap;
import maildrift.probes.smtp.SmtpLook;

/**
 * Whether port 25 is closed for us: no mail host of any domain can be reached, though several were
 * tried that have nothing to do with each other. Then that is told once, and of no domain.
 */
public final class MailPort implements Symptom {
  private static final int LEAST_HOSTS = 3;
  private static final int LEAST_NETWORKS = 2;
  private static final int MOST_NAMED = 5;

  /** As many addresses are remembered as make no difference any more. */
  private static final int MOST_TRIED = 1000;

  private static final Duration LEAST_WINDOW = Duration.ofMinutes(10);

  /** It is asked every few seconds; a machine that slept for hours has not listened for hours. */
  private static final Duration LONGEST_STEP = Duration.ofSeconds(10);

  private final IntSupplier port;
  private final Supplier<Duration> interval;
  private final BooleanSupplier isBlind;
  private final Clock clock;
  private final ConcurrentHashMap<InetAddress, Tried> unreached = new ConcurrentHashMap<>();

  /** When a mail server was last heard. */
  private volatile Optional<Instant> reached = Optional.empty();

  private volatile Optional<Blocked> blocked = Optional.empty();

  /** For how long it could be tried, and nobody tried. */
  private volatile Duration quiet = Duration.ZERO;

  private volatile Optional<Instant> askedAt = Optional.empty();

  private record Tried(String host, Instant at) {}

  private record Blocked(Instant since, List<String> hosts) {}

  /**
   * @param port of MX hosts
   * @param interval how often a domain is looked at
   * @param isBlind whether no mail host can be found to be tried
   */
  public MailPort(
      IntSupplier port, Supplier<Duration> interval, BooleanSupplier isBlind, Clock clock) {
    this.port = port;
    this.interval = interval;
    this.isBlind = isBlind;
    this.clock = clock;
  }

  /** How a look at a mail server ended. */
  public void heard(SmtpLook look) {
    var target = look.target();
    // An address that the operator declared may be near by, or answer to nobody but others.
    if (target.port() != port.getAsInt() || target.declared()) {
      return;
    }
    switch (look.reach()) {
      case ANSWERED -> {
        quiet = Duration.ZERO;
        reached = Optional.of(clock.instant());
        unreached.clear();
        blocked = Optional.empty();
      }
      case CLOSED, SILENT -> {
        quiet = Duration.ZERO;
        forgetOld();
        if (unreached.size() < MOST_TRIED || unreached.containsKey(target.address())) {
          unreached.put(target.address(), new Tried(target.host().toString(), clock.instant()));
        }
        judge();
      }
      case NOT_TRIED -> {}
    }
  }

  private synchronized void judge() {
    var now = clock.instant();
    forgetOld();
    var after = now.minus(window());
    if (blocked.isPresent() || reached.filter(at -> at.isAfter(after)).isPresent()) {
      return;
    }
    var hosts = unreached.values().stream().map(Tried::host).distinct().sorted().toList();
    var networks = unreached.keySet().stream().map(MailPort::network).collect(Collectors.toSet());
    if (hosts.size() >= LEAST_HOSTS && networks.size() >= LEAST_NETWORKS) {
      blocked = Optional.of(new Blocked(now, hosts.stream().limit(MOST_NAMED).toList()));
    }
  }

  private void forgetOld() {
    var after = clock.instant().minus(window());
    unreached.values().removeIf(tried -> tried.at().isBefore(after));
  }

  private Duration window() {
    var window = interval.get().multipliedBy(2);
    return window.compareTo(LEAST_WINDOW) < 0 ? LEAST_WINDOW : window;
  }

  /**
   * Where nobody tries any more, since the operator does without, nothing is left to be said. Time
   * in which nobody could try does not count.
   */
  private synchronized void listen(Instant now) {
    var passed = askedAt.map(at -> Duration.between(at, now)).orElse(Duration.ZERO);
    askedAt = Optional.of(now);
    if (isBlind.getAsBoolean() || passed.isNegative()) {
      return;
    }
    quiet = quiet.plus(passed.compareTo(LONGEST_STEP) < 0 ? passed : LONGEST_STEP);
    if (isQuiet()) {
      blocked = Optional.empty();
    }
  }

  private boolean isQuiet() {
    return quiet.compareTo(window()) >= 0;
  }

  /** Hosts in one network may share a fate that is not ours. */
  private static String network(InetAddress address) {
    var octets = address.getAddress();
    return HexFormat.of().formatHex(Arrays.copyOf(octets, octets.length == 4 ? 2 : 4));
  }

  /** Whether nothing needs to be said of a gap because this is the reason for it. */
  public boolean explains(Gap gap) {
    return blocked.isPresent() && gap.unseen().endsWith(":" + port.getAsInt());
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.BLOCKED.id());
  }

  @Override
  public List<Problem> problems(Instant now) {
    listen(now);
    return blocked.stream()
        .map(
            own ->
                OwnProblem.of(
                    WatchRules.BLOCKED,
                    "port " + port.getAsInt(),
                    "No mail server has been reached on port %d since %s"
                        .formatted(port.getAsInt(), CheckJson.instant(own.since())),
                    WatchRules.BLOCKED.why()
                        + " Tried among others:\n"
                        + String.join("\n", own.hosts()),
                    WatchRules.BLOCKED.remedy()))
        .toList();
  }

  /**
   * After a restart it goes on until somebody is heard, enough were tried again, or nobody tries.
   */
  @Override
  public boolean hides(Labels labels, Instant now) {
    return reached.isEmpty() && blocked.isEmpty() && !isQuiet();
  }
}
