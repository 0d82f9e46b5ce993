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
import java.util.function.Predicate;
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
  private static final int ZONES = 600;
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
    /** Only the explanations differ. */
    boolean isFailForBoth() {
      return ours.result.equals("fail") && theirs.result.equals("fail");
    }

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
   * @param sender of a case that shows it
   * @param texts of that case's zone, {@code example.test}
   */
  private record Explained(String why, Predicate<Both> isIt, String sender, List<String> texts) {
    Explained(String why, Predicate<Both> isIt, String record) {
      this(why, isIt, "bob@example.test", List.of("example.test: " + record));
    }
  }

  private static final List<Explained> EXPLAINED =
      List.of(
          new Explained(
              "RFC 7208 §4.6.4 limits the terms whose lookups are void; pyspf counts questions, those"
                  + " for the hosts of an mx and for the client's reverse name among them",
              both ->
                  both.theirs.explanation.contains("Void lookup limit")
                      && both.ours.result.equals(both.theirs.unlimited),
              "v=spf1 ptr ptr:other.test a:gone1.test a:gone2.test ~all"),
          new Explained(
              "RFC 7208 §4.6.2: terms are evaluated from left to right, and an include of itself is"
                  + " no syntax error; pyspf refuses the record although an earlier term matches",
              both -> both.theirs.explanation.contains("has trivial recursion"),
              "v=spf1 ip4:0.0.0.0/0 ip6:::/0 include:example.test -all"),
          new Explained(
              "RFC 7208 §6: unrecognised modifiers are ignored no matter how often they appear; pyspf"
                  + " allows each once",
              both ->
                  both.theirs.explanation.contains("MUST appear at most once")
                      && Stream.of("redirect=", "exp=")
                          .noneMatch(name -> both.theirs.explanation.contains("Error: " + name)),
              "v=spf1 more=1 more=2 ~all"),
          new Explained(
              "RFC 7208 §7.1: a number in a macro must not be zero; pyspf takes %{d0} for %{d}",
              both ->
                  both.ours.result.equals("permerror") && both.zone.toString().contains("%{d0}"),
              "v=spf1 a:%{d0} ~all"),
          new Explained(
              "RFC 7208 §7.1, RFC 5234 §2.3: the r that reverses a macro may be a capital letter;"
                  + " pyspf knows the small one only",
              both -> both.isFailForBoth() && both.zone.toString().contains("%{D2R}"),
              "bob@example.test",
              List.of("example.test: v=spf1 -all exp=exp.%{d}", "exp.example.test: %{D2R}")),
          new Explained(
              "RFC 7208 §4.3: postmaster stands in for a local-part that is not there, in %{s} too;"
                  + " pyspf expands what it was given",
              both -> both.isFailForBoth() && both.asked.sender.indexOf('@') <= 0,
              "@example.test",
              List.of("example.test: v=spf1 -all exp=exp.%{d}", "exp.example.test: %{s}")),
          new Explained(
              "RFC 7208 §4.3: an empty label is malformed unless it is at the end; pyspf finds no"
                  + " domain",
              both -> both.asked.sender.endsWith(".") && both.theirs.result.equals("none"),
              "bob@example.test.",
              List.of("example.test: v=spf1 -all")),
          new Explained(
              "RFC 5321 §4.1.2: a local-part may hold an @ (in quotes), so that the last one counts;"
                  + " pyspf takes the first",
              both ->
                  both.asked.sender.indexOf('@') != both.asked.sender.lastIndexOf('@')
                      && both.theirs.result.equals("none"),
              "a@b@example.test",
              List.of("example.test: v=spf1 -all")),
          new Explained(
              "RFC 2181 §5: equal records are one record, which our door makes of them; pyspf counts"
                  + " what the server sent (RFC 7208 §4.5)",
              both -> both.theirs.explanation.contains("Two or more type TXT"),
              "bob@example.test",
              List.of("example.test: v=spf1 ~all", "example.test: v=spf1 ~all")));

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

    assertThat(all).hasSize(ZONES * GeneratedZone.CLIENTS.size());
    assertThat(all)
        .filteredOn(both -> !both.agree())
        .filteredOn(both -> EXPLAINED.stream().noneMatch(known -> known.isIt.test(both)))
        .isEmpty();
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
      var zone = GeneratedZone.of("example.test", explained.sender, explained.texts);

      assertThat(both(List.of(zone)))
          .as(explained.why)
          .anyMatch(both -> !both.agree() && explained.isIt.test(both));
    }
  }

  private List<Both> both(List<GeneratedZone> zones) {
    try (var server = NameServer.start()) {
      var cases = new ArrayList<Case>();
      for (var zone : zones) {
        zone.serveOn(server);
        for (var ip : GeneratedZone.CLIENTS) {
          cases.add(new Case(zone.name(), ip, zone.helo(), zone.sender()));
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
