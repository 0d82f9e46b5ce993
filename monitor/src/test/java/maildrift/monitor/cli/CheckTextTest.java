package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckTextTest {
  private static final String RECORD =
      "v=spf1 include:_spf.provider.test include:_spf.other-provider.test ip4:192.0.2.0/24 -all";

  private static final Rule LOOKUPS =
      Rule.critical("spf.lookups", "too many lookups").reference("RFC 7208 §4.6.4");
  private static final Rule SIZE =
      Rule.warning("dkim.key-size", "the key is weak").reference("RFC 8301 §3.2");
  private static final Rule PTR = Rule.warning("spf.ptr", "ptr is used").reference("RFC 7208 §5.5");

  private static final Finding MANY =
      Finding.of(
              LOOKUPS,
              "contoso.test",
              "contoso.test SPF needs 15 DNS lookups of the 10 that receivers allow")
          .with("lookups", 15)
          .with("terms", Map.of("mx", 1, "include:_spf.provider.test", 14))
          .remedy("Remove what is not used, and publish as the only SPF record:\n" + RECORD);

  private static final Finding WEAK =
      Finding.of(SIZE, "weak._domainkey.contoso.test", "an RSA key of 1024 bits")
          .with("bits", 1024)
          .remedy("Create a key of 2048 bits.");

  private static final Finding USED =
      Finding.of(PTR, "contoso.test", "ptr is used").waived("the provider wants it");

  private static CheckResult result() {
    var spf =
        new Judgement.Builder()
            .fact("record", RECORD)
            .fact("lookups", 15)
            .fact("voidLookups", 0)
            .fact("netblocks", List.of("192.0.2.0/24"))
            .add(MANY)
            .add(USED)
            .build(Outcome.OBSERVED);
    var dkim = new Judgement.Builder().add(WEAK).build(Outcome.OBSERVED);
    var tls =
        new Judgement.Builder()
            .add(Gap.of("tls", "mx1.contoso.test:25", "no answer within 5 s", "tls."))
            .build(Outcome.UNOBSERVABLE);
    var tlsrpt = new Judgement.Builder().fact("record", "v=TLSRPTv1").build(Outcome.OBSERVED);
    return new CheckResult(
        ManagedDomain.undeclared(DnsName.of("contoso.test")),
        Instant.EPOCH,
        List.of(
            new ProbeResult("spf", Duration.ZERO, spf),
            new ProbeResult("dkim", Duration.ZERO, dkim),
            new ProbeResult("tls", Duration.ZERO, tls),
            new ProbeResult("tlsrpt", Duration.ZERO, tlsrpt)),
        List.of(MANY, WEAK, USED));
  }

  private static List<String> printed(boolean colour, int width) {
    var out = new ByteArrayOutputStream();
    new CheckText(new Terminal(new PrintStream(out), colour, width)).print(result());
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void theWorstComesFirstUnderItsAreaAndThenWhatCouldNotBeSeenAndWhatPassed() {
    var headings =
        printed(false, 80).stream()
            .filter(
                line ->
                    Stream.of("contoso.test ", "CRIT", "WARN", "WAIVED", "COULD", "PASSED")
                        .anyMatch(line::startsWith))
            .toList();

    assertThat(headings)
        .containsExactly(
            "contoso.test  FAIL  1 critical, 1 warning, 1 waived",
            "CRITICAL  spf",
            "WARNING  dkim",
            "WAIVED",
            "COULD NOT LOOK (nothing is concluded from it)",
            "PASSED  tlsrpt");
  }

  @Test
  void ofAnAllowlistThatWasNotSeenNothingIsSaidToBeRight() {
    var source = Map.of("name", "_nb.test", "published", List.of("192.0.2.0/24"));
    var netblocks =
        new Judgement.Builder()
            .fact("sources", List.of(source))
            .add(Gap.of("netblocks", "allowlist gateway", "HTTP 503", "netblocks."))
            .build(Outcome.OBSERVED);
    var out = new ByteArrayOutputStream();
    new CheckText(new Terminal(new PrintStream(out), false, 80))
        .print(
            new CheckResult(
                ManagedDomain.undeclared(DnsName.of("contoso.test")),
                Instant.EPOCH,
                List.of(new ProbeResult("netblocks", Duration.ZERO, netblocks)),
                List.of()));

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("_nb.test 1 published\n")
        .doesNotContain("0 missing");
  }

  @Test
  void aFindingSaysWhatIsWrongWhatWasSeenWhatToPublishAndWhere() {
    var lines = printed(false, 80);
    var from = lines.indexOf("  spf.lookups  contoso.test");

    assertThat(lines.subList(from, from + 8))
        .containsExactly(
            "  spf.lookups  contoso.test",
            "    contoso.test SPF needs 15 DNS lookups of the 10 that receivers allow",
            "    lookups  15",
            "    terms    include:_spf.provider.test=14, mx=1",
            "    fix      Remove what is not used, and publish as the only SPF record:",
            "      " + RECORD,
            "    see      RFC 7208 §4.6.4",
            "");
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 60, 80, 110})
  void proseFitsTheTerminalAndWhatIsPastedStaysWhole(int width) {
    var lines = printed(false, width);

    assertThat(lines).contains("      " + RECORD);
    assertThat(lines)
        .filteredOn(line -> !line.strip().equals(RECORD))
        .allSatisfy(
            line -> {
              // A name that is longer than the line is not cut.
              if (line.strip().indexOf(' ') >= 0) {
                assertThat(line.length()).as(line).isLessThanOrEqualTo(width + 20);
              }
              assertThat(line).isEqualTo(line.stripTrailing());
            });
    if (width >= 60) {
      assertThat(lines)
          .filteredOn(line -> !line.strip().equals(RECORD))
          .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(width));
    }
  }

  @Test
  void linesForAPipeAreNotBroken() {
    assertThat(printed(false, Integer.MAX_VALUE))
        .anySatisfy(line -> assertThat(line).contains(RECORD + " · lookups: 15 of 10, void: 0"));
  }

  @Test
  void colourAddsNothingButColour() {
    var plain = printed(true, 80).stream().map(CheckTextTest::withoutColour).toList();

    assertThat(plain).isEqualTo(printed(false, 80));
    assertThat(printed(true, 80)).anyMatch(line -> line.contains("\u001b[1;31m"));
  }

  private static String withoutColour(String line) {
    var plain = new StringBuilder();
    for (var i = 0; i < line.length(); i++) {
      if (line.charAt(i) == '\u001b') {
        i = line.indexOf('m', i);
      } else {
        plain.append(line.charAt(i));
      }
    }
    return plain.toString();
  }
}
