package maildrift.probes.spf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import maildrift.probes.Deadline;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.server.NameServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * check_host() by us and by pyspf (Debian's python3-spf), on the same random zones, asked of the
 * same name server. Where the two differ, {@link #EXPLAINED} must say why, with the RFC's section.
 */
class PyspfDifferentialTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int ZONES = 400;
  private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3");

  @TempDir Path folder;

  private Optional<String> python = Optional.empty();

  private record Case(String zone, String ip, String helo, String sender) {}

  private record Ours(String result, String explanation) {}

  /**
   * @param unlimited the result without a limit of void lookups
   */
  private record Theirs(String result, String explanation, String unlimited) {}

  /** Both answers to one case, and the zone that it is about. */
  private record Both(Case asked, GeneratedZone zone, Ours ours, Theirs theirs) {
    boolean agree() {
      return ours.result.equals(theirs.result)
          && (!ours.result.equals("fail") || ours.explanation.equals(theirs.explanation));
    }
  }

  /**
   * A disagreement that is understood.
   *
   * @param why who is right by which section, and what the other does
   * @param isIt whether it is this one
   * @param illustration a record of {@code example.test} that shows it
   */
  private record Explained(
      String why, BiPredicate<GeneratedZone, Both> isIt, List<String> illustration) {
    Explained(String why, BiPredicate<GeneratedZone, Both> isIt, String... illustration) {
      this(why, isIt, List.of(illustration));
    }
  }

  private static final List<Explained> EXPLAINED =
      List.of(
          new Explained(
              "RFC 7208 §4.6.4 limits the terms whose lookups are void; pyspf counts questions, those"
                  + " for the hosts of an mx and for the client's reverse name among them",
              (_, both) ->
                  both.theirs.explanation.contains("Void lookup limit")
                      && both.ours.result.equals(both.theirs.unlimited),
              "v=spf1 ptr ptr:other.test a:gone1.test a:gone2.test ~all"),
          new Explained(
              "RFC 7208 §4.6.2: terms are evaluated from left to right, and an include of itself is"
                  + " no syntax error; pyspf refuses the record although an earlier term matches",
              (_, both) -> both.theirs.explanation.contains("has trivial recursion"),
              "v=spf1 ip4:0.0.0.0/0 ip6:::/0 include:example.test -all"),
          new Explained(
              "RFC 7208 §6: unrecognised modifiers are ignored no matter how often they appear; pyspf"
                  + " allows each once",
              (_, both) ->
                  both.theirs.explanation.contains("MUST appear at most once")
                      && Stream.of("redirect=", "exp=")
                          .noneMatch(name -> both.theirs.explanation.contains("Error: " + name)),
              "v=spf1 more=1 more=2 ~all"),
          new Explained(
              "RFC 7208 §7.1: a number in a macro must not be zero; pyspf takes %{d0} for %{d}",
              (zone, both) ->
                  both.ours.result.equals("permerror") && zone.toString().contains("%{d0}"),
              "v=spf1 a:%{d0} ~all"),
          new Explained(
              "RFC 2181 §5: equal records are one record, which our door makes of them; pyspf counts"
                  + " what the server sent (RFC 7208 §4.5)",
              (_, both) -> both.theirs.explanation.contains("Two or more type TXT"),
              "v=spf1 ~all",
              "v=spf1 ~all"));

  @BeforeEach
  void findPyspf() {
    python = PYTHONS.stream().filter(PyspfDifferentialTest::hasPyspf).findFirst();
    if (python.isEmpty()) {
      var missing = "no python3 that can import spf (Debian: apt install python3-spf)";
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException(missing);
      }
      abort(missing);
    }
  }

  private static boolean hasPyspf(String program) {
    try {
      var process =
          new ProcessBuilder(program, "-c", "import spf")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void whereWeDifferFromPyspfTheRfcSaysWhy() {
    var random = new Random(7208);
    var zones = new ArrayList<GeneratedZone>();
    for (var i = 0; i < ZONES; i++) {
      zones.add(new GeneratedZone("z" + i + ".test", random));
    }

    var all = both(zones);

    var differing = all.stream().filter(both -> !both.agree()).toList();
    assertThat(all).hasSize(ZONES * GeneratedZone.CLIENTS.size());
    assertThat(differing)
        .allSatisfy(
            both ->
                assertThat(EXPLAINED)
                    .as("%s\n%s", both, both.zone)
                    .anyMatch(explained -> explained.isIt.test(both.zone, both)));
    // Were the zones all alike, or nearly all refused, agreement would mean nothing.
    for (var result : List.of("pass", "fail", "softfail", "neutral", "permerror")) {
      assertThat(all.stream().filter(both -> both.ours.result.equals(result)).count())
          .as(result)
          .isGreaterThan(100);
    }
  }

  @Test
  void eachExplanationIsStillNeeded() {
    for (var explained : EXPLAINED) {
      var zone = GeneratedZone.of("example.test", explained.illustration);

      assertThat(both(List.of(zone)))
          .as(explained.why)
          .anyMatch(both -> !both.agree() && explained.isIt.test(zone, both));
    }
  }

  private List<Both> both(List<GeneratedZone> zones) {
    try (var server = NameServer.start()) {
      var cases = new ArrayList<Case>();
      for (var zone : zones) {
        zone.serveOn(server);
        for (var ip : GeneratedZone.CLIENTS) {
          cases.add(new Case(zone.name(), ip, "helo." + zone.name(), "bob.x-y@" + zone.name()));
        }
      }
      GeneratedZone.reverseNames(server);
      var theirs = theirs(server, cases);
      var ours = ours(server, cases);
      var both = new ArrayList<Both>();
      for (var i = 0; i < cases.size(); i++) {
        var zone = zones.get(i / GeneratedZone.CLIENTS.size());
        both.add(new Both(cases.get(i), zone, ours.get(i), theirs.get(i)));
      }
      return both;
    }
  }

  private static List<Ours> ours(NameServer server, List<Case> cases) {
    var settings = DnsSettings.only(DnsServer.parseAll(server.hostAndPort()));
    try (var door = new DnsDoor(settings)) {
      return cases.stream()
          .map(
              one ->
                  SpfCheck.check(
                      one.ip,
                      one.helo,
                      one.sender,
                      door.cached(Deadline.after(Duration.ofSeconds(20)))))
          .map(result -> new Ours(result.result().word(), result.explanation().orElse("")))
          .toList();
    }
  }

  private List<Theirs> theirs(NameServer server, List<Case> cases) {
    try {
      var script = folder.resolve("pyspf.py");
      try (var in =
          Objects.requireNonNull(PyspfDifferentialTest.class.getResourceAsStream("pyspf.py"))) {
        Files.write(script, in.readAllBytes());
      }
      var input = folder.resolve("cases.jsonl");
      Files.write(input, cases.stream().map(JSON::writeValueAsString).toList());
      var output = folder.resolve("answers.jsonl");
      var process =
          new ProcessBuilder(
                  python.orElseThrow(), script.toString(), "" + server.address().getPort())
              .redirectInput(input.toFile())
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("pyspf ended").isTrue();
      return Files.readAllLines(output).stream()
          .map(line -> JSON.readValue(line, Theirs.class))
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
