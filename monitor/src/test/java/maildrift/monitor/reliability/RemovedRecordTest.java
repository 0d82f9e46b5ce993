package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A record that is really gone, or another, at all authoritative servers is told of in time,
 * whatever the resolvers go on saying (O3, O5).
 */
@Tag("reliability")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemovedRecordTest {
  /** The look that finds it, the one that confirms, and the gathering of a message. */
  private static final Duration IN_TIME =
      Sky.INTERVAL.multipliedBy(2).plus(Sky.CONFIRM_AFTER).plus(Sky.GROUP_WAIT);

  /** What happens to the resolvers meanwhile. */
  enum Weather {
    CLEAR(_ -> {}),
    FIRST_FAILS(sky -> sky.resolvers.getFirst().faults(Fault.SERVFAIL)),
    FIRST_IS_SILENT(sky -> sky.resolvers.getFirst().faults(Fault.SILENT)),
    LAST_IS_SILENT(sky -> sky.resolvers.getLast().faults(Fault.SILENT)),
    FIRST_LOSES_DATAGRAMS(sky -> sky.resolvers.getFirst().faults(Fault.LOSES_SOME)),
    FIRST_DENIES_ALL(sky -> sky.resolvers.getFirst().faults(Fault.DENIES)),
    LAST_DENIES_ALL(sky -> sky.resolvers.getLast().faults(Fault.DENIES)),
    FIRST_REMEMBERS_FOR_A_DAY(sky -> sky.freeze(sky.resolvers.getFirst())),
    LAST_REMEMBERS_FOR_A_DAY(sky -> sky.freeze(sky.resolvers.getLast())),
    ALL_REMEMBER_FOR_A_DAY(sky -> sky.resolvers.forEach(sky::freeze));

    @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
    private final Consumer<Sky> begin;

    Weather(Consumer<Sky> begin) {
      this.begin = begin;
    }
  }

  /** What happens to a domain. */
  private enum Loss {
    MX((server, domain) -> server.remove(domain, "MX")),
    SPF((server, domain) -> server.remove(domain, "TXT")),
    DKIM((server, domain) -> server.remove("s1._domainkey." + domain, "TXT")),
    DMARC((server, domain) -> server.remove("_dmarc." + domain, "TXT")),
    OTHER_MX((server, domain) -> server.set(domain + " MX 10 mx.attacker.test")),
    OPEN_SPF((server, domain) -> server.set(domain + " TXT v=spf1 +all"));

    @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
    private final BiConsumer<NameServer, String> change;

    Loss(BiConsumer<NameServer, String> change) {
      this.change = change;
    }

    /** Whether an alert's subject speaks of it. */
    boolean isSubject(String subject, String domain) {
      return switch (this) {
        case MX, OTHER_MX -> subject.equals(domain + " MX") || subject.equals(domain);
        case SPF, OPEN_SPF -> subject.equals(domain + " SPF") || subject.equals(domain);
        case DKIM -> subject.contains("s1");
        case DMARC -> subject.contains("DMARC") || subject.equals(domain);
      };
    }
  }

  @TempDir Path folder;

  private final List<Duration> waits = new ArrayList<>();
  private int removed;

  /** In CI those that once went wrong. */
  private static List<Weather> weathers() {
    return Figures.isFull()
        ? List.of(Weather.values())
        : List.of(
            Weather.FIRST_FAILS,
            Weather.LAST_DENIES_ALL,
            Weather.LAST_REMEMBERS_FOR_A_DAY,
            Weather.ALL_REMEMBER_FOR_A_DAY);
  }

  @ParameterizedTest
  @MethodSource("weathers")
  @SuppressWarnings("EnumOrdinal") // another seed and another order for each
  void isToldInTime(Weather weather) throws IOException {
    var random = new Random(weather.ordinal());
    var when = new HashMap<String, Instant>();
    var what = new HashMap<String, Loss>();
    var told = new HashMap<String, Instant>();
    try (var sky = new Sky(folder, Figures.size("maildrift.reliability.removals", 3, 12))) {
      sky.calm();
      var before = sky.messages();
      weather.begin.accept(sky);
      sky.interval();
      assertThat(sky.alarms(before)).isEmpty();

      for (var i = 0; i < sky.domains.size() + 3; i++) {
        sky.turns();
        sky.confirmed();
        note(sky, before, when, what, told);
        var moment = Duration.ofSeconds(random.nextInt(240));
        pass(sky, moment, before, when, what, told);
        if (i < sky.domains.size()) {
          var domain = sky.domains.get(i);
          var loss = Loss.values()[(i + weather.ordinal()) % Loss.values().length];
          sky.change(domain, server -> loss.change.accept(server, domain));
          when.put(domain, sky.now());
          what.put(domain, loss);
        }
        pass(sky, Duration.ofSeconds(270).minus(moment), before, when, what, told);
      }

      removed += when.size();
      told.forEach((domain, at) -> waits.add(Duration.between(when.get(domain), at)));
      assertThat(told.keySet()).isEqualTo(when.keySet());
      assertThat(waits).allMatch(wait -> wait.compareTo(IN_TIME) <= 0);
      // Nobody was blamed before he had done anything.
      assertThat(sky.told(before))
          .filteredOn(item -> !item.labels().get("domain").isEmpty())
          .allSatisfy(
              item ->
                  assertThat(item.startsAt())
                      .as(Sky.shown(item))
                      .isAfterOrEqualTo(when.get(item.labels().get("domain"))));
    }
  }

  private static void pass(
      Sky sky,
      Duration time,
      int before,
      Map<String, Instant> when,
      Map<String, Loss> what,
      Map<String, Instant> told) {
    for (var left = time; left.isPositive(); left = left.minus(Sky.CONFIRM_AFTER)) {
      sky.pass(left.compareTo(Sky.CONFIRM_AFTER) < 0 ? left : Sky.CONFIRM_AFTER);
      note(sky, before, when, what, told);
    }
  }

  /** Notes who was told of first now. */
  private static void note(
      Sky sky,
      int before,
      Map<String, Instant> when,
      Map<String, Loss> what,
      Map<String, Instant> told) {
    for (var item : sky.told(before)) {
      var domain = item.labels().get("domain");
      if (when.containsKey(domain)
          && item.isFiring()
          && Objects.requireNonNull(what.get(domain))
              .isSubject(item.labels().get("subject"), domain)) {
        told.putIfAbsent(domain, sky.now());
      }
    }
  }

  @AfterAll
  void record() {
    var longest = waits.stream().max(Duration::compareTo).orElse(Duration.ZERO);
    var held = waits.size() == removed && longest.compareTo(IN_TIME) <= 0;
    Figures.record(
        "O3",
        "MX, SPF, DKIM, DMARC removed or replaced at all authoritative servers at random moments, under %d kinds of trouble with the resolvers: %s"
            .formatted(
                weathers().size(),
                String.join(
                    ", ",
                    weathers().stream()
                        .map(one -> one.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .toList())),
        "told within the confirmation, the group_wait and two intervals (%d s), every time"
            .formatted(IN_TIME.toSeconds()),
        "%d of %d told in time, the longest after %d s"
            .formatted(
                waits.stream().filter(wait -> wait.compareTo(IN_TIME) <= 0).count(),
                removed,
                longest.toSeconds()),
        held,
        "./verify --reliability -Dtest=RemovedRecordTest");
  }
}
