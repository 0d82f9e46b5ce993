package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.mute.Maintenance;
import maildrift.alerts.state.Problem;
import maildrift.monitor.watch.RecordChange;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import org.junit.jupiter.api.Test;

class MaintenanceProgressTest {
  private static final Instant FROM = Instant.parse("2026-12-01T20:00:00Z");
  private static final Instant AMID = FROM.plusSeconds(3600);
  private static final Maintenance WINDOW =
      new Maintenance(
          Set.of("contoso.test", "fabrikam.test"), FROM, Duration.ofHours(2), "to inline");

  private final List<RecordChange> changes = new ArrayList<>();
  private final List<Alert> alerts = new ArrayList<>();
  private List<Maintenance> windows = List.of(WINDOW);
  private final MaintenanceProgress progress =
      new MaintenanceProgress(
          () -> windows,
          new MaintenanceProgress.Sight() {
            @Override
            public Collection<ManagedDomain> domains() {
              return List.of("fabrikam.test", "contoso.test", "northwind.test").stream()
                  .map(DnsName::of)
                  .map(ManagedDomain::undeclared)
                  .toList();
            }

            @Override
            public List<RecordChange> changed(String domain, Instant since) {
              assertThat(since).isEqualTo(FROM);
              return changes.stream().filter(change -> change.domain().equals(domain)).toList();
            }

            @Override
            public Collection<Alert> alerts() {
              return alerts;
            }
          });

  private static RecordChange mx(String domain) {
    return new RecordChange(domain, domain + " MX", "10 mx1." + domain, "10 mx2." + domain);
  }

  private static Alert firing(String domain) {
    return new Alert(
        Labels.of(
            Map.of(
                "alertname",
                "mx.missing",
                "domain",
                domain,
                "subject",
                domain,
                "severity",
                "critical")),
        new TreeMap<>(Map.of("summary", "an MX is missing")),
        Alert.Phase.FIRING,
        0,
        0,
        AMID,
        AMID,
        Optional.empty());
  }

  private Problem told() {
    assertThat(progress.problems(AMID)).hasSize(1);
    return progress.problems(AMID).getFirst();
  }

  private String ending() {
    return progress.ending(told().labels(), WINDOW.until()).orElseThrow();
  }

  @Test
  void windowsOfOneReasonAndStartAreToldApartByWhatTheyAreAbout() {
    windows =
        List.of(
            new Maintenance(Set.of("contoso.test"), FROM, Duration.ofHours(2), "patch day"),
            new Maintenance(Set.of("fabrikam.test"), FROM, Duration.ofHours(2), "patch day"));
    changes.addAll(List.of(mx("fabrikam.test"), mx("contoso.test")));

    assertThat(progress.problems(AMID).stream().map(one -> one.labels().get("subject")).distinct())
        .hasSize(2)
        .allSatisfy(subject -> assertThat(subject).startsWith("patch day from "));
  }

  @Test
  void aWindowInWhichNothingHappensIsSilent() {
    assertThat(progress.problems(AMID)).isEmpty();
  }

  @Test
  void allDomainsOfAWindowAreOneMessageWithOldAndNewAndWhatIsHeldBack() {
    changes.addAll(List.of(mx("fabrikam.test"), mx("contoso.test"), mx("northwind.test")));
    alerts.addAll(List.of(firing("contoso.test"), firing("northwind.test")));

    assertThat(told().labels().map())
        .containsEntry("alertname", "maintenance.progress")
        .containsEntry("severity", "info")
        .containsEntry("subject", "to inline from 2026-12-01T20:00:00Z (458b538e)");
    assertThat(told().annotations().get("summary"))
        .isEqualTo(
            "Maintenance (to inline) until 2026-12-01T22:00:00Z: 2 records of 2 domains have changed, 1 alert is held back");
    assertThat(told().annotations().get("diff"))
        .isEqualTo(
            """
            contoso.test: contoso.test MX
            - 10 mx1.contoso.test
            + 10 mx2.contoso.test
            fabrikam.test: fabrikam.test MX
            - 10 mx1.fabrikam.test
            + 10 mx2.fabrikam.test
            ! critical contoso.test mx.missing: an MX is missing""");
  }

  @Test
  void beforeAndAfterTheWindowThereIsNothingToTell() {
    changes.add(mx("contoso.test"));

    assertThat(progress.problems(FROM.minusSeconds(1))).isEmpty();
    assertThat(progress.problems(WINDOW.until())).isEmpty();
  }

  @Test
  void itEndsWithWhatIsLeft() {
    changes.add(mx("contoso.test"));
    alerts.add(firing("contoso.test"));

    assertThat(ending())
        .isEqualTo(
            "the window is over: 1 record is other than accepted; 1 alert fires and is told now:\ncritical contoso.test mx.missing: an MX is missing");
  }

  @Test
  void whatIsAsBeforeAgainIsSaidAtTheEndAndNotForgottenBefore() {
    changes.add(mx("contoso.test"));
    progress.problems(AMID);
    changes.clear();

    assertThat(told().annotations().get("summary")).contains("0 records of 0 domains");
    assertThat(ending())
        .isEqualTo("the window is over: 0 records are other than accepted; nothing fires");
  }

  @Test
  void aWindowThatIsTakenOutSaysSo() {
    changes.add(mx("contoso.test"));
    var labels = told().labels();
    windows = List.of();

    assertThat(progress.ending(labels, AMID))
        .contains("the maintenance window was taken out of the configuration");
  }

  @Test
  void aRestartGoesOnWithWhatWasBegun() {
    progress.restored(
        List.of(
            new Alert(
                Labels.of(
                    Map.of(
                        "alertname", "maintenance.progress",
                        "subject", "to inline from 2026-12-01T20:00:00Z (458b538e)")),
                new TreeMap<>(),
                Alert.Phase.FIRING,
                0,
                0,
                AMID,
                AMID,
                Optional.empty())));

    assertThat(progress.problems(AMID)).hasSize(1);
  }

  @Test
  void howeverMuchChangesTheMessageIsBounded() {
    IntStream.range(0, 500)
        .forEach(
            number ->
                changes.add(
                    new RecordChange(
                        "contoso.test", "s%d TXT".formatted(number), "", "x".repeat(5000))));

    assertThat(told().annotations().getOrDefault("diff", "").length()).isLessThan(10_000);
    assertThat(told().annotations().getOrDefault("diff", "")).endsWith("… and 480 more changes");
  }
}
