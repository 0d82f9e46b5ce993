package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two NSDs that serve one zone, until one of them serves another version of it. */
@Tag("lab")
class ZoneLabTest {
  private static final String ZONE = "contoso.test";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String RECORDS =
      """
      @ MX 10 mx1
      @ TXT "v=spf1 mx -all"
      _dmarc TXT "v=DMARC1; p=reject"
      default._domainkey TXT "v=DKIM1; p="
      mx1 A 192.0.2.25
      """;

  @TempDir private Path folder;

  @Test
  void theServerThatDiffersIsNamedUntilTheyAgreeAgain() throws Exception {
    Programs.require("nsd", "nsd-control", "ldns-keygen");
    try (var one = nsd("one");
        var two = nsd("two")) {
      one.publish(ZONE, RECORDS);
      two.publish(ZONE, RECORDS);
      var config = folder.resolve("maildrift.yml");
      Nsd.write(
          config,
          """
          dns: {resolvers: ["%1$s"], authoritative: {contoso.test: ["%1$s", "%2$s"]}}
          domains: [{name: contoso.test, dkim: [{selector: default}]}]
          """
              .formatted(one.hostAndPort(), two.hostAndPort()));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(wrong(check(config))).isEmpty());
      assertThat(Web.parse(check(config).out()).at("/probes/zone/facts/ttls/mx").asInt())
          .isEqualTo(1);

      two.publish(ZONE, RECORDS.replace("-all", "+all"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                var said = check(config);
                assertThat(said.exit()).as(said.out()).isEqualTo(1);
                assertThat(wrong(said))
                    .containsExactlyInAnyOrder(
                        "zone.inconsistent contoso.test TXT", "dns.soa-serial contoso.test");
                assertThat(said.out()).contains(two.hostAndPort() + " says v=spf1 mx +all");
              });

      one.publish(ZONE, RECORDS.replace("-all", "+all"));
      // The serials meet again after the publications of either.
      one.publish(ZONE, RECORDS.replace("-all", "+all"));
      two.publish(ZONE, RECORDS.replace("-all", "+all"));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(wrong(check(config))).isEmpty());
    }
  }

  private Nsd nsd(String name) throws Exception {
    return new Nsd(Files.createDirectories(folder.resolve(name)), List.of(ZONE));
  }

  private static Said check(Path config) {
    return Said.maildrift(
        "check", ZONE, "--only", "zone", "--format", "json", "--config", config.toString());
  }

  private static List<String> wrong(Said said) {
    assertThat(said.lines()).as(said.err()).hasSize(1);
    return Web.parse(said.out())
        .path("findings")
        .valueStream()
        .map(finding -> finding.path("rule").asString() + " " + finding.path("subject").asString())
        .toList();
  }
}
