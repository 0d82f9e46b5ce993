package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import maildrift.alerts.Notification.Item;
import maildrift.probes.Verdict;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The story that maildrift is for, with nothing made up but the network that the provider adds. */
@Tag("lab")
class NetblockDriftLabTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ADDED = "198.51.100.0/24";

  @BeforeAll
  static void everythingIsInstalled() {
    Programs.require(Lab.NAME_SERVERS);
    Programs.require(Lab.MAIL_SERVERS);
    Programs.require(Alertmanager.PROGRAMS);
    Programs.requireRoot();
  }

  @Test
  void aNetworkThatTheProviderAddsIsToldOnceAndADeadResolverNeitherAddsNorEndsAnything()
      throws Exception {
    try (var lab = Lab.start()) {
      var root = lab.mailHosts();
      var alertmanager = lab.open(new Alertmanager(lab.folder("alertmanager")));
      var hook = lab.open(new Hook());
      var daemon =
          lab.open(
              new Daemon(
                  lab.folder("daemon"),
                  Configurations.daemon(
                      lab,
                      hook,
                      alertmanager,
                      Server.freePort("127.0.0.1"),
                      Configurations.UNOBSERVABLE_AFTER),
                  root));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(daemon.app().domains())
                      .allSatisfy(state -> assertThat(state.verdict()).isEqualTo(Verdict.PASS)));
      assertThat(hook.since(0)).as("what was told while all was well").isEmpty();

      var documentedAnd = new ArrayList<>(Lab.DOCUMENTED);
      documentedAnd.add(ADDED);
      lab.netblocks(documentedAnd);
      heard(hook, 0, item -> item.isFiring() && is(item, "netblocks.missing"));
      assertThat(hook.since(0))
          .filteredOn(item -> is(item, "netblocks.missing"))
          .allSatisfy(NetblockDriftLabTest::namesExactlyWhatWasAdded)
          .extracting(item -> item.labels().get("domain"))
          .as("one notification names every domain that the cause hits")
          .containsExactlyInAnyOrder("contoso.tld", "fabrikam.tld");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(alertmanager.active("alertname=netblocks.missing"))
                      .hasSize(2)
                      .allSatisfy(alert -> assertThat(alert).contains(ADDED)));

      var before = hook.count();
      lab.unbound.stop();
      heard(hook, before, item -> item.isFiring() && is(item, "probe.unobservable"));
      // As long again: whatever else a dead resolver might raise or resolve would come by now.
      await()
          .atMost(PATIENCE)
          .during(Configurations.UNOBSERVABLE_AFTER)
          .untilAsserted(
              () -> {
                assertThat(ended(hook, before)).isEmpty();
                assertThat(begun(hook, before)).containsOnly("probe.unobservable resolvers");
              });
      assertThat(alertmanager.active("alertname=netblocks.missing")).hasSize(2);

      lab.unbound.start();
      lab.netblocks(Lab.DOCUMENTED);
      heard(hook, before, item -> !item.isFiring() && is(item, "netblocks.missing"));
      heard(hook, before, item -> !item.isFiring() && is(item, "probe.unobservable"));
      assertThat(begun(hook, before)).containsOnly("probe.unobservable resolvers");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(alertmanager.active("severity=~warning|critical")).isEmpty());
    }
  }

  private static void heard(Hook hook, int first, Predicate<Item> wanted) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(hook.since(first)).anyMatch(wanted));
  }

  private static void namesExactlyWhatWasAdded(Item item) {
    assertThat(item.labels().get("subject")).isEqualTo(Lab.NETBLOCKS);
    assertThat(item.annotation("diff")).contains(ADDED);
    Lab.DOCUMENTED.forEach(network -> assertThat(item.annotation("diff")).doesNotContain(network));
  }

  private static boolean is(Item item, String rule) {
    return item.labels().get("alertname").equals(rule);
  }

  /** Alerts that were not told as firing before, and are since. */
  private static List<String> begun(Hook hook, int first) {
    var known = hook.since(0).stream().limit(hook.since(0).size() - hook.since(first).size());
    var fingerprints = known.map(Item::fingerprint).toList();
    return hook.since(first).stream()
        .filter(item -> item.isFiring() && !fingerprints.contains(item.fingerprint()))
        .map(NetblockDriftLabTest::name)
        .toList();
  }

  private static List<String> ended(Hook hook, int first) {
    return hook.since(first).stream()
        .filter(item -> !item.isFiring())
        .map(NetblockDriftLabTest::name)
        .toList();
  }

  private static String name(Item item) {
    return item.labels().get("alertname") + " " + item.labels().get("subject");
  }
}
