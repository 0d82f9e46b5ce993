package maildrift.monitor.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CompactJsonTest {
  @Test
  void writesWhatTheMapperWrites() {
    var every = new StringBuilder();
    for (var c = 0; c < 0x300; c++) {
      every.append((char) c);
    }
    every.append("\u2028\u202e\ud83d\ude00\ud800/");
    var facts = new LinkedHashMap<String, Object>();
    facts.put("every", every.toString());
    facts.put("", "");
    facts.put("none", null);
    facts.put("numbers", List.of(0, -1, Long.MAX_VALUE, 0.5, 1e-7, 1e22, -0.0));
    facts.put("flags", Arrays.asList(true, false, null));
    facts.put("empty", Map.of("list", List.of()));
    facts.put("deep", new ArrayList<>(List.of(Map.of("a", List.of(Map.of())))));

    assertThat(CheckJson.value(facts)).isEqualTo(CheckJson.mapper().writeValueAsString(facts));
  }

  @Test
  void writesTimesAsTheInterfaceHasThem() {
    assertThat(CheckJson.value(List.of(Instant.parse("2026-11-21T17:00:00.5Z"))))
        .isEqualTo("[\"2026-11-21T17:00:00Z\"]");
    assertThat(CheckJson.value(List.of(Duration.ofMillis(1500)))).isEqualTo("[1.5]");
  }

  @Test
  void whatIsAsBeforeIsTheTextFromBefore() {
    var before = CheckJson.value(Map.of("lookups", 7));

    assertThat(CheckJson.value(Map.of("lookups", 7), before)).isSameAs(before);
    assertThat(CheckJson.value(Map.of("lookups", 8), before)).isEqualTo("{\"lookups\":8}");
  }
}
