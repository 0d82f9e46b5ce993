package maildrift.probes.spf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import maildrift.probes.Deadline;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The open part of the OpenSPF suite for RFC 7208, results and explanations. */
class Rfc7208SuiteTest {
  private static final List<Map<?, ?>> SCENARIOS = load();

  @TestFactory
  Stream<DynamicTest> everyCaseOfTheSuite() {
    return SCENARIOS.stream().flatMap(Rfc7208SuiteTest::cases);
  }

  @TestFactory
  Stream<DynamicTest> everyScenarioOverRealUdp() {
    return SCENARIOS.stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    text(scenario, "description"), () -> checkOverUdp(scenario)));
  }

  private static void checkOverUdp(Map<?, ?> scenario) {
    try (var server = NameServer.start()) {
      zone(map(scenario, "zonedata")).serveOn(server);
      var settings =
          DnsSettings.only(DnsServer.parseAll(server.hostAndPort())).timeout(Duration.ofSeconds(1));
      try (var door = new DnsDoor(settings)) {
        for (var test : map(scenario, "tests").values()) {
          check((Map<?, ?>) test, door.cached(Deadline.after(Duration.ofSeconds(20))));
        }
      }
    }
  }

  @Test
  void theSuiteIsComplete() {
    assertThat(SCENARIOS.stream().mapToInt(scenario -> map(scenario, "tests").size()).sum())
        .isEqualTo(120);
  }

  private static Stream<DynamicTest> cases(Map<?, ?> scenario) {
    var zone = zone(map(scenario, "zonedata"));
    return map(scenario, "tests").entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    scenario.get("description") + ": " + entry.getKey(),
                    () -> check((Map<?, ?>) entry.getValue(), zone)));
  }

  private static void check(Map<?, ?> test, Dns zone) {
    var seen = SpfCheck.check(text(test, "host"), text(test, "helo"), text(test, "mailfrom"), zone);

    assertThat(seen.result().word()).as(seen.why()).isIn(accepted(value(test, "result")));
    if (test.get("explanation") instanceof String wanted) {
      if (wanted.equals("DEFAULT")) {
        assertThat(seen.explanation()).isEmpty();
      } else {
        assertThat(seen.explanation()).contains(wanted);
      }
    }
  }

  private static List<?> accepted(Object result) {
    return result instanceof List<?> several ? several : List.of(result);
  }

  /**
   * The suite's convention: SPF entries are served as TXT too, unless there are TXT entries; {@code
   * TIMEOUT} is for the types that have none.
   */
  private static MapDns zone(Map<?, ?> zonedata) {
    var dns = new MapDns();
    zonedata.forEach(
        (owner, entries) -> {
          var name = MapDns.name(owner.toString());
          var hasTxt =
              ((List<?>) entries)
                  .stream()
                      .anyMatch(entry -> entry instanceof Map<?, ?> map && map.containsKey("TXT"));
          for (var entry : (List<?>) entries) {
            switch (entry) {
              case Map<?, ?> map ->
                  map.forEach((type, value) -> add(dns, name, type.toString(), value, hasTxt));
              case Object word when word.equals("TIMEOUT") -> dns.silent(owner.toString());
              default -> throw new IllegalArgumentException("what is " + entry);
            }
          }
        });
    return dns;
  }

  private static void add(MapDns dns, DnsName name, String type, Object value, boolean hasTxt) {
    switch (type) {
      case "SPF" -> {
        if (!hasTxt) {
          dns.add(name, RecordType.TXT, new Rdata.Txt(strings(value)));
        }
      }
      case "TXT" -> {
        if (!value.equals("NONE")) {
          dns.add(name, RecordType.TXT, new Rdata.Txt(strings(value)));
        }
      }
      case "A", "AAAA" -> dns.a(name.toString(), value.toString());
      case "MX" -> {
        var pair = (List<?>) value;
        dns.add(
            name,
            RecordType.MX,
            new Rdata.Mx(
                Integer.parseInt(pair.get(0).toString()), MapDns.name(pair.get(1).toString())));
      }
      case "PTR" -> dns.ptr(name.toString(), value.toString());
      case "CNAME" -> dns.alias(name.toString(), value.toString());
      default -> throw new IllegalArgumentException("what is " + type);
    }
  }

  private static List<String> strings(Object value) {
    return value instanceof List<?> several
        ? several.stream().map(Object::toString).toList()
        : List.of(value.toString());
  }

  private static Map<?, ?> map(Map<?, ?> parent, String key) {
    return (Map<?, ?>) value(parent, key);
  }

  private static String text(Map<?, ?> parent, String key) {
    return value(parent, key).toString();
  }

  private static Object value(Map<?, ?> parent, String key) {
    return Objects.requireNonNull(parent.get(key), key);
  }

  private static List<Map<?, ?>> load() {
    try (var in = Rfc7208SuiteTest.class.getResourceAsStream("/spf/rfc7208-open.yml")) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      var documents = new Load(LoadSettings.builder().build()).loadAllFromString(text);
      var scenarios = new ArrayList<Map<?, ?>>();
      StreamSupport.stream(documents.spliterator(), false)
          .forEach(document -> scenarios.add((Map<?, ?>) document));
      return scenarios;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
