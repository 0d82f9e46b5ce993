package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One of three resolvers goes wrong in every way that there is, over a day of looks. Nobody hears
 * of any domain (O1, O5, O6).
 */
class OneOfThreeResolversTest {
  /** How it goes wrong. */
  private enum Way {
    SERVFAIL("O1", server -> server.faults(Fault.SERVFAIL)),
    REFUSED("O1", server -> server.faults(Fault.REFUSED)),
    SILENT("O1", server -> server.faults(Fault.SILENT)),
    LOSES_THREE_OF_TEN("O1", server -> server.faults(Fault.LOSES_SOME)),
    LATE_BY_2_SECONDS("O1", server -> server.delay(Duration.ofSeconds(2))),
    LAME("O1", server -> server.faults(Fault.REFERRAL)),
    TRUNCATED_WITHOUT_TCP("O1", server -> server.faults(Fault.TRUNCATED, Fault.CLOSED_TCP)),
    WRONG_IDS("O1", server -> server.faults(Fault.WRONG_ID)),
    WRONG_IDS_WITHOUT_TCP("O1", server -> server.faults(Fault.WRONG_ID_AND_NO_TCP)),
    FORGED_ANSWERS_FIRST("O1", server -> server.faults(Fault.FORGED_FIRST)),
    GARBAGE("O1", server -> server.faults(Fault.GARBAGE_EVERYWHERE)),
    FORGED_AD("O6", server -> server.authenticated(true)),
    DENIES_ALL("O6", server -> server.faults(Fault.DENIES)),
    NO_DATA_AT_ALL("O6", server -> server.faults(Fault.EMPTIES)),
    HIJACKS_WHAT_IS_NOT_THERE("O6", server -> server.faults(Fault.HIJACKS));

    private final String id;
    private final Consumer<NameServer> fault;

    Way(String id, Consumer<NameServer> fault) {
      this.id = id;
      this.fault = fault;
    }
  }

  @TempDir Path folder;

  private static Stream<Arguments> cases() {
    return Stream.of(Way.values())
        .flatMap(
            way -> IntStream.range(0, Runs.of(1, 3)).mapToObj(place -> Arguments.of(way, place)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nobodyHearsOfAnyDomain(Way way, int place) throws IOException {
    var intervals = Runs.of(6, 288);
    try (var sky = new Sky(folder, Runs.of(2, 4))) {
      sky.calm();
      var before = sky.messages();
      var asked = sky.resolvers.get(place).datagrams();
      way.fault.accept(sky.resolvers.get(place));

      for (var i = 0; i < intervals; i++) {
        sky.interval();
      }

      assertThat(place > 0 || sky.resolvers.get(place).datagrams() > asked + intervals).isTrue();
      var alarms = sky.alarms(before);
      var rate = sky.unknownRate();
      Figures.record(
          "%s-%s-%d"
              .formatted(
                  way.id,
                  way.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                  place + 1),
          "Resolver %d of 3 %s for %d intervals of 5 minutes"
              .formatted(
                  place + 1,
                  way.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                  intervals),
          "0 false alarms, less than 1 % of the looks unknown",
          "%d false alarms; %d of maildrift's own; %.2f %% of %d looks unknown"
              .formatted(alarms.size(), sky.own(before).size(), 100 * rate, sky.looks()),
          alarms.isEmpty() && rate < 0.01,
          Runs.command(OneOfThreeResolversTest.class));
      assertThat(alarms).isEmpty();
      assertThat(rate).isLessThan(0.01);
    }
  }
}
