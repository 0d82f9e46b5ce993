package maildrift.monitor.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maildrift.alerts.Alert;
import maildrift.alerts.Notification;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.wiring.Daemon;
import maildrift.monitor.wiring.TestClock;
import maildrift.probes.dns.server.NameServer;

/**
 * Mail domains under two authoritative servers and three resolvers on loopback, the whole daemon
 * that watches them, and one webhook receiver. Time passes as the test says: every interval each
 * domain has its turn, and what is in doubt is looked at again when the daemon would.
 */
final class Sky implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofMinutes(5);
  static final Duration CONFIRM_AFTER = Duration.ofSeconds(30);
  static final Duration GROUP_WAIT = Duration.ofSeconds(30);

  /** Looked at are DNS records alone: nobody listens at the mail hosts' addresses. */
  static final String SKIP = "skip: [tls, mtasts, bimi, auto, rbl, gateway, smtp]";

  private static final String KEY =
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0/IzW7yWR7QkrmBL7jTKEn5u+qKhbwKfBstIs+bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyehkd3qqGElvW/VDL5AaWTg0nLVkjRo9z+40RQzuVaE8AkAFmxZzow3x+VJYKdjykkJ0iT9wCS0DRTXu269V264Vf/3jvredZiKRkgwlL9xNAwxXFg0x/XFw005UWVRIkdgcKWTjpBP2dPwVZ4WWC+9aGVd+Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbcmwIDAQAB";

  final List<NameServer> resolvers = servers(3);
  final List<NameServer> authorities;

  /** Whether the authoritative servers are found by NS records, as out there; else named. */
  final boolean delegated;

  final List<String> domains;
  final Daemon.World world;
  final TestClock clock = new TestClock();
  Daemon daemon;

  private final Duration timeout;
  private final Set<NameServer> frozen = new HashSet<>();
  private long serial = 2_026_112_800L;
  private long looks;
  private long unknown;

  Sky(Path folder, int domains) {
    this(folder, domains, Duration.ofSeconds(2), new MemoryStore());
  }

  /**
   * @param timeout of a question, which silence takes whole
   * @param sections in place of the usual ones of that name
   */
  Sky(Path folder, int count, Duration timeout, StateStore store, String... sections) {
    this(folder, count, timeout, store, _ -> {}, sections);
  }

  /**
   * @param published what else is, before anybody looks
   */
  Sky(
      Path folder,
      int count,
      Duration timeout,
      StateStore store,
      Consumer<Sky> published,
      String... sections) {
    this.timeout = timeout;
    var found = atTheRightPort();
    delegated = !found.isEmpty();
    authorities = delegated ? found : servers(2);
    domains = names(count);
    world = new Daemon.World(folder);
    for (var i = 0; i < authorities.size(); i++) {
      publish(
          "ns%d.sky.test A %s"
              .formatted(i + 1, authorities.get(i).address().getAddress().getHostAddress()));
    }
    domains.forEach(this::publishAll);
    published.accept(this);
    daemon = start(store, sections);
  }

  private static List<NameServer> servers(int count) {
    return IntStream.range(0, count)
        .mapToObj(_ -> NameServer.start().negativeTtl(Duration.ofMinutes(5)))
        .toList();
  }

  /** Two name servers where NS records lead; none where that is not allowed. */
  private static List<NameServer> atTheRightPort() {
    var net = "127.53.%d.".formatted(1 + new SecureRandom().nextInt(254));
    var servers = new ArrayList<NameServer>();
    try {
      for (var last = 1; last <= 2; last++) {
        servers.add(NameServer.start(InetAddress.ofLiteral(net + last), 53));
      }
      servers.forEach(server -> server.negativeTtl(Duration.ofMinutes(5)));
      return servers;
    } catch (UncheckedIOException _) {
      servers.forEach(NameServer::close);
      return List.of();
    }
  }

  /** A mail domain with nothing wrong. */
  private void publishAll(String domain) {
    publish(domain + " NS ns1.sky.test");
    publish(records(domain, Duration.ofMinutes(5)));
    everywhere(server -> server.add(domain + " NS ns2.sky.test"));
    newSerial(domain);
  }

  private static String[] records(String domain, Duration ttl) {
    return Stream.of(
            "%1$s %2$d MX 10 mx1.%1$s",
            "mx1.%1$s %2$d A 198.51.100.10",
            "%1$s %2$d TXT v=spf1 ip4:198.51.100.0/24 -all",
            "_dmarc.%1$s %2$d TXT v=DMARC1; p=reject; rua=mailto:dmarc@%1$s",
            "s1._domainkey.%1$s %2$d TXT v=DKIM1; k=rsa; p=" + KEY,
            "_smtp._tls.%1$s %2$d TXT v=TLSRPTv1; rua=mailto:tls@%1$s",
            "%1$s %2$d CAA 0 issue \"ca.test\"")
        .map(line -> line.formatted(domain, ttl.toSeconds()))
        .toArray(String[]::new);
  }

  /** From now on this resolver remembers what is, for a day. */
  void freeze(NameServer resolver) {
    domains.forEach(domain -> resolver.set(records(domain, Duration.ofDays(1))));
    frozen.add(resolver);
  }

  /** What is published changes everywhere but in caches that remember. */
  void change(String domain, Consumer<NameServer> change) {
    Stream.of(resolvers, authorities)
        .flatMap(List::stream)
        .filter(server -> !frozen.contains(server))
        .forEach(change);
    newSerial(domain);
  }

  /** A zone has another serial with each change. */
  private void newSerial(String domain) {
    serial++;
    Stream.of(resolvers, authorities)
        .flatMap(List::stream)
        .filter(server -> !frozen.contains(server))
        .forEach(
            server ->
                server.set(
                    "%1$s SOA ns1.sky.test hostmaster.%1$s %2$d 7200 900 1209600 300"
                        .formatted(domain, serial)));
  }

  void everywhere(Consumer<NameServer> change) {
    Stream.of(resolvers, authorities).flatMap(List::stream).forEach(change);
  }

  /** In place of what was there, at all servers and in all caches. */
  void publish(String... lines) {
    everywhere(server -> server.set(lines));
  }

  private Daemon start(StateStore store, String... sections) {
    var usual =
        Stream.of(
            delegated
                ? "dns: {resolvers: [%s], timeout: %dms, queries_per_second: 100000}"
                    .formatted(addresses(resolvers), timeout.toMillis())
                : "dns: {resolvers: [%s], timeout: %dms, queries_per_second: 100000, authoritative: {test: [%s]}}"
                    .formatted(addresses(resolvers), timeout.toMillis(), addresses(authorities)),
            "schedule: {interval: 5m, confirm_after: 30s, confirmations: 2}",
            """
            alerts:
              group_wait: 30s
              group_interval: 5m
              receivers: {hook: {webhook: {url: "@HOOK@"}}}
              routes: [{match: {}, receivers: [hook]}]
            """,
            declared(domains.size(), SKIP));
    var all = new ArrayList<>(List.of(sections));
    usual
        .filter(
            section ->
                Arrays.stream(sections)
                    .noneMatch(
                        own -> own.startsWith(section.substring(0, section.indexOf(':') + 1))))
        .forEach(all::add);
    return world.startUnseen(store, clock, all.toArray(String[]::new));
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj("d%03d.test"::formatted).toList();
  }

  /** So many domains for the configuration. */
  static String declared(int count, String skip) {
    return names(count).stream()
        .map(name -> "  - {name: %s, dkim: [{selector: s1}], %s}\n".formatted(name, skip))
        .collect(Collectors.joining("", "domains:\n", ""));
  }

  /** Another daemon on what the one that was closed has stored. */
  void restart(StateStore store, String... sections) {
    daemon = start(store, sections);
  }

  static String addresses(List<NameServer> servers) {
    return servers.stream()
        .map(server -> '"' + server.hostAndPort() + '"')
        .collect(Collectors.joining(", "));
  }

  Instant now() {
    return daemon.now();
  }

  /** All domains' turns, the looks that confirm, and the rest of the interval. */
  void interval() {
    turns();
    daemon.pass(INTERVAL.minus(confirmed()));
  }

  /** Time passes half a minute after the other. */
  void pass(Duration time) {
    var left = time;
    while (left.isPositive()) {
      var step = left.compareTo(CONFIRM_AFTER) < 0 ? left : CONFIRM_AFTER;
      daemon.pass(step);
      left = left.minus(step);
    }
  }

  /** All domains' turns. */
  void turns() {
    daemon.turn(domains);
    for (var domain : domains) {
      looks++;
      var probes = daemon.app().domain(domain).orElseThrow().probes().values();
      if (probes.stream().anyMatch(ProbeState::hasGaps)) {
        unknown++;
      }
    }
  }

  /** The looks that the daemon asks for at what is in doubt; says how long they took. */
  Duration confirmed() {
    var took = Duration.ZERO;
    for (var i = 0; i < 5; i++) {
      var doubted = doubted();
      if (doubted.isEmpty()) {
        break;
      }
      daemon.pass(CONFIRM_AFTER);
      took = took.plus(CONFIRM_AFTER);
      daemon.turn(doubted);
    }
    daemon.awaitQuiet();
    return took;
  }

  private Collection<String> doubted() {
    return daemon.app().alerts().stream()
        .filter(alert -> alert.phase() == Alert.Phase.PENDING)
        .map(alert -> alert.labels().get("domain"))
        .filter(domain -> !domain.isEmpty())
        .distinct()
        .toList();
  }

  /** Intervals until everything is as it stays. */
  void calm() {
    for (var i = 0; i < 3; i++) {
      interval();
    }
    looks = 0;
    unknown = 0;
  }

  /** How many messages the receiver got. */
  int messages() {
    return world.hook.got().size();
  }

  /** All alerts that the receiver was told of since so many messages, as the webhook lists them. */
  List<Notification.Item> told(int since) {
    return world.hook.got().stream()
        .skip(since)
        .flatMap(got -> Notification.parse(got.body()).items().stream())
        .toList();
  }

  /** What was told of domains, as {@code firing spf.present d000.test}. */
  List<String> alarms(int since) {
    return told(since).stream()
        .filter(item -> !item.labels().get("domain").isEmpty())
        .map(Sky::shown)
        .toList();
  }

  /** What was told of maildrift's own eyes. */
  List<String> own(int since) {
    return told(since).stream()
        .filter(item -> item.labels().get("domain").isEmpty())
        .map(Sky::shown)
        .toList();
  }

  static String shown(Notification.Item item) {
    return "%s %s %s"
        .formatted(
            item.isFiring() ? "firing" : "resolved",
            item.labels().get("alertname"),
            item.labels().get("domain").isEmpty()
                ? item.labels().get("subject")
                : item.labels().get("domain") + " " + item.labels().get("subject"));
  }

  long looks() {
    return looks;
  }

  /** The part of the looks that saw less than everything. */
  double unknownRate() {
    return looks == 0 ? 0 : (double) unknown / looks;
  }

  @Override
  public void close() throws IOException {
    daemon.close();
    world.close();
    everywhere(NameServer::close);
  }
}
