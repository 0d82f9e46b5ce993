package maildrift.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShortenedTest {
  @Test
  void whatFitsStaysAsItIs() {
    assertThat(Shortened.units("äbc", 3)).isEqualTo("äbc");
    assertThat(Shortened.bytes("äbc", 4)).isEqualTo("äbc");
    assertThat(Shortened.units("", 0)).isEmpty();
  }

  @Test
  void whatDoesNotIsCutAtACharacterAndSaysSo() {
    assertThat(Shortened.units("0123456789abcdef", 15)).isEqualTo("01" + Shortened.NOTE);
    for (var most : IntStream.range(20, 60).toArray()) {
      assertThat(Shortened.units("🎉".repeat(40), most))
          .hasSizeLessThanOrEqualTo(most)
          .endsWith("🎉" + Shortened.NOTE);
      assertThat(Shortened.bytes(Shortened.bytes("ä🎉€x".repeat(20), most)))
          .isBetween(most - 3, most);
    }
  }

  @Test
  void noEscapeIsCutThrough() {
    for (var most : IntStream.range(20, 60).toArray()) {
      assertThat(Shortened.units("<".repeat(40), most, _ -> "&lt;"))
          .hasSizeLessThanOrEqualTo(most)
          .endsWith("&lt;" + Shortened.NOTE);
    }
  }
}
