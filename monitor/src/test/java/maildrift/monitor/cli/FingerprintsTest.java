package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintsTest {
  private static final String ONE = "6f1c09d2a4b85e37";
  private static final String OTHER = "6f1c09d2ffffffff";

  @Test
  void asManyDigitsAreShownAsTellThemApart() {
    assertThat(Fingerprints.digits(List.of(ONE))).isEqualTo(8);
    assertThat(Fingerprints.digits(List.of(ONE, OTHER))).isEqualTo(9);
    assertThat(Fingerprints.digits(List.of())).isEqualTo(8);
  }

  @Test
  void aBeginningThatOneAloneHasStandsForIt() {
    assertThat(Fingerprints.whole(List.of("6f1c09d2a"), () -> List.of(ONE, OTHER)))
        .containsExactly(ONE);
    assertThat(Fingerprints.whole(List.of(ONE), List::of)).containsExactly(ONE);
  }

  @Test
  void whatStandsForSeveralOrForNoneOrIsNoneSaysSo() {
    assertThatThrownBy(() -> Fingerprints.whole(List.of("6f1c09"), () -> List.of(ONE, OTHER)))
        .hasMessage(
            "6f1c09 is the beginning of 2 fingerprints: 6f1c09d2a4b85e37, 6f1c09d2ffffffff");
    assertThatThrownBy(() -> Fingerprints.whole(List.of("abcdef"), () -> List.of(ONE)))
        .hasMessage("no alert's fingerprint begins with abcdef");
    assertThatThrownBy(() -> Fingerprints.whole(List.of("6f1c0"), () -> List.of(ONE)))
        .hasMessageContaining("'6f1c0' is not the fingerprint of an alert");
    assertThatThrownBy(() -> Fingerprints.areMeant(List.of(ONE, "domain=a.test")))
        .hasMessageContaining("not by both");
  }
}
