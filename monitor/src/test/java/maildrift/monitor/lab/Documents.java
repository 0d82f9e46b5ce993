package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Domains as one of the source documents wants them, in real servers; a scenario changes one thing
 * in the zone or in what is declared, and {@code maildrift check} must find that and nothing else.
 */
final class Documents implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final Lab lab = Lab.start();
  private final Path folder = lab.folder("documents");
  private final List<String> options = new ArrayList<>();
  private final String zone;
  private final String configuration;

  /**
   * What is changed for one scenario.
   *
   * @param title says what is wrong
   * @param domain that is looked at
   * @param inZone what stands in the zone, and what instead
   * @param inConfiguration the same for the configuration
   * @param rules that must be violated at warning or above; no others may be
   */
  record Scenario(
      String title,
      String domain,
      List<Change> inZone,
      List<Change> inConfiguration,
      Set<String> rules) {

    static Scenario of(String title, String domain, String... rules) {
      return new Scenario(title, domain, List.of(), List.of(), new TreeSet<>(List.of(rules)));
    }

    Scenario zone(String before, String after) {
      return new Scenario(
          title, domain, plus(inZone, new Change(before, after)), inConfiguration, rules);
    }

    Scenario configuration(String before, String after) {
      return new Scenario(
          title, domain, inZone, plus(inConfiguration, new Change(before, after)), rules);
    }

    private static List<Change> plus(List<Change> changes, Change one) {
      var all = new ArrayList<>(changes);
      all.add(one);
      return List.copyOf(all);
    }

    @Override
    public String toString() {
      return title;
    }
  }

  /** One text in place of another. */
  record Change(String before, String after) {
    static String all(List<Change> changes, String text) {
      var changed = text;
      for (var change : changes) {
        // A scenario that changes nothing would prove nothing.
        assertThat(changed).contains(change.before());
        changed = changed.replace(change.before(), change.after());
      }
      return changed;
    }
  }

  /**
   * As the document wants it.
   *
   * @param zone records of the zone tld
   * @param configuration without {@code dns} and {@code smtp}
   */
  Documents(String zone, String configuration) {
    this.zone = zone;
    this.configuration = configuration;
  }

  /** A file beside the configuration. */
  void file(String name, String text) {
    Nsd.write(folder.resolve(name), text);
  }

  /** An option for every check. */
  Documents option(String... words) {
    options.addAll(List.of(words));
    return this;
  }

  /** Publishes and checks until the resolver's second of memory is over. */
  void play(Scenario scenario) {
    play(
        scenario,
        said ->
            assertThat(new TreeSet<>(said.rulesThatCount()))
                .as(said.findings().toString())
                .isEqualTo(scenario.rules()));
  }

  void play(Scenario scenario, Consumer<Said> expected) {
    lab.nsd.publish("tld", Change.all(scenario.inZone(), zone).replace("@KEY@", lab.key()));
    var file = folder.resolve("maildrift.yml");
    Nsd.write(
        file,
        """
        dns: {resolvers: ["%s"], timeout: 1s}
        smtp: {port: %d, helo: monitor.example.net, allow_private: true, timeout: 10s}
        """
                .formatted(lab.unbound.hostAndPort(), lab.smtpPort)
            + Change.all(scenario.inConfiguration(), configuration)
                .replace("@PORT@", "" + lab.smtpPort));
    var arguments =
        new ArrayList<>(
            List.of("check", scenario.domain(), "--format", "json", "--config", file.toString()));
    arguments.addAll(options);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> expected.accept(Said.maildrift(arguments.toArray(String[]::new))));
  }

  @Override
  public void close() {
    lab.close();
  }
}
