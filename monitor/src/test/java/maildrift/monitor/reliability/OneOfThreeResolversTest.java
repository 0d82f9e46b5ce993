package maildrift.monitor.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import maildrift.monitor.store.MemoryStore;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One of three resolvers goes wrong in every way that there is, over a day of looks. Nobody hears
 * of any domain (O1, O5, O6).
 */
@Tag("reliability")
class OneOfThreeResolversTest {
  /** How it goes wrong. */
  enum Way {
    SERVFAIL("O1", sky -> sky.faults(Fault.SERVFAIL)),
    REFUSED("O1", sky -> sky.faults(Fault.REFUSED)),
    SILENT("O1", sky -> sky.faults(Fault.SILENT)),
    LOSES_THREE_OF_TEN("O1", sky -> sky.faults(Fault.LOSES_SOME)),
    LATE_BY_2_SECONDS("O1", sky -> sky.delay(Duration.ofSeconds(2))),
    LAME("O1", sky -> sky.faults(Fault.REFERRAL)),
    TRUNCATED_WITHOUT_TCP("O1", sky -> sky.faults(Fault.TRUNCATED, Fault.CLOSED_TCP)),
    WRONG_IDS("O1", sky -> sky.faults(Fault.WRONG_ID)),
    WRONG_IDS_WITHOUT_TCP("O1", sky -> sky.faults(Fault.WRONG_ID_AND_NO_TCP)),
    FORGED_ANSWERS_FIRST("O1", sky -> sky.faults(Fault.FORGED_FIRST)),
    GARBAGE("O1", sky -> sky.faults(Fault.GARBAGE_EVERYWHERE)),
    FORGED_AD("O6", sky -> sky.authenticated(true)),
    DENIES_ALL("O6", sky -> sky.faults(Fault.DENIES)),
    NO_DATA_AT_ALL("O6", sky -> sky.faults(Fault.EMPTIES)),
    HIJACKS_WHAT_IS_NOT_THERE("O6", sky -> sky.faults(Fault.HIJACKS));

    private final String id;

    @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
    private final Consumer<NameServer> fault;

    Way(String id, Consumer<NameServer> fault) {
      this.id = id;
      this.fault = fault;
    }

    String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  @TempDir Path folder;

  private int alarms;
  private int own;
  private long looks;
  private double unknown;

  @ParameterizedTest
  @EnumSource
  void nobodyHearsOfAnyDomain(Way way) throws Exception {
    var intervals = Figures.size("maildrift.reliability.intervals", 4, 288);
    var places = Figures.isFull() ? 3 : 1;
    Figures.measure(
        Figures.Case.of(
            way.id + "-" + way.words().replace(' ', '-'),
            "of three resolvers %s: %s, for %d intervals of 5 minutes each"
                .formatted(
                    places == 1 ? "the first" : "each in turn goes wrong", way.words(), intervals),
            "0 false alarms, less than 1 % of the looks unknown",
            OneOfThreeResolversTest.class),
        () -> {
          for (var place = 0; place < places; place++) {
            live(way, place, intervals);
          }
          return "%d false alarms; %d messages about the resolver; %.2f %% of %d looks unknown"
              .formatted(alarms, own, 100 * unknown / looks, looks);
        });
  }

  private void live(Way way, int place, int intervals) throws IOException {
    try (var sky =
        new Sky(
            Files.createTempDirectory(folder, "sky"),
            Figures.isFull() ? 4 : 2,
            Figures.isFull() ? Duration.ofSeconds(2) : Duration.ofMillis(400),
            new MemoryStore())) {
      sky.calm();
      var before = sky.messages();
      var broken = sky.resolvers.get(place);
      var asked = broken.datagrams();
      way.fault.accept(broken);

      for (var i = 0; i < intervals; i++) {
        sky.interval();
      }

      // Who is not asked proves nothing; the others are asked when the first fails.
      assertThat(place > 0 || broken.datagrams() > asked + intervals / 2).isTrue();
      alarms += sky.alarms(before).size();
      own += sky.own(before).size();
      looks += sky.looks();
      unknown += sky.unknownRate() * sky.looks();
      assertThat(sky.alarms(before)).isEmpty();
      assertThat(sky.unknownRate()).isLessThan(0.01);
    }
  }
}
