package maildrift.monitor.digest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.store.Baseline;
import maildrift.monitor.store.Change;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscreetTest {
  private static final Instant NOW = Instant.parse("2026-11-28T20:00:00Z");
  private static final Set<String> OWN = Set.of("theirs");

  @ParameterizedTest
  @CsvSource({
    "maildrift,maildrift",
    "migration to seppmail,migration to seppmail",
    "theirs,theirs",
    "Ada (as theirs),Ada (as theirs)",
    "zoe,whoever runs maildrift",
    "theirs (as zoe),whoever runs maildrift"
  })
  void whoAcceptedIsNamedToItsOwnAlone(String by, String told) {
    assertThat(Discreet.of(Baseline.of("contoso.test", Map.of(), NOW, by), OWN).acceptedBy())
        .isEqualTo(told);
    assertThat(Discreet.of(change("accepted by " + by, "x"), OWN).kind())
        .isEqualTo("accepted by " + told);
  }

  @ParameterizedTest
  @CsvSource({
    "ticked by zoe: of fabrikam,ticked by whoever runs maildrift",
    "ticked by zoe,ticked by whoever runs maildrift",
    "taken back by zoe,taken back by whoever runs maildrift",
    "ticked by Ada (as theirs): done,ticked by Ada (as theirs): done"
  })
  void whoTickedToo(String text, String told) {
    assertThat(Discreet.of(change(Change.TICKED, text), OWN).after()).contains(told);
  }

  @Test
  void whatChangedInARecordIsTold() {
    var change = change("record", "ticked by zoe");
    assertThat(Discreet.of(change, OWN)).isEqualTo(change);
  }

  private static Change change(String kind, String after) {
    return new Change(
        NOW, "contoso.test", "contoso", "record", Optional.empty(), Optional.of(after), kind);
  }
}
