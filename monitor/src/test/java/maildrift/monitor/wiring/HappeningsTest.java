package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maildrift.alerts.Alert;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Transition;
import maildrift.monitor.event.Event;
import maildrift.monitor.event.Events;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.watch.RecordChange;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import org.junit.jupiter.api.Test;

class HappeningsTest {
  private static final Instant NOW = Instant.parse("2026-11-28T20:00:00Z");
  private static final String NAMED = "list-two of fabrikam has 203.0.113.0/24, too";

  private final Happenings happenings =
      new Happenings(new Events(NOW), Clock.fixed(NOW, ZoneOffset.UTC));

  private static Alert alert(Alert.Phase phase, Instant updatedAt, Optional<Instant> endsAt) {
    return new Alert(
        Labels.of(
            Map.of(
                "alertname",
                "declared.allowlist-overlap",
                "domain",
                "contoso.test",
                "tenant",
                "contoso")),
        new TreeMap<>(Map.of("summary", NAMED)),
        phase,
        0,
        0,
        NOW,
        updatedAt,
        endsAt);
  }

  private Events.Listener listener(Event.Interest interest) {
    return happenings.listen(Optional.empty(), interest).orElseThrow();
  }

  private static List<String> heard(Events.Listener listener) throws InterruptedException {
    var all = new ArrayList<String>();
    for (var next = listener.next(Duration.ZERO);
        next.isPresent();
        next = listener.next(Duration.ZERO)) {
      all.add(next.get().json());
    }
    return all;
  }

  @Test
  void whoIsLimitedIsToldDiscreetlyAndTheOperatorAll() throws InterruptedException {
    var operator = listener(Event.Interest.ALL);
    var chosen =
        listener(new Event.Interest(Optional.empty(), Optional.of(Set.of("contoso")), false));
    var limited = listener(Event.Interest.ALL.within(Set.of("contoso")));

    happenings.changed(
        List.of(new Transition.Firing(alert(Alert.Phase.FIRING, NOW, Optional.empty()))));

    assertThat(heard(operator)).singleElement().asString().contains(NAMED);
    assertThat(heard(chosen)).singleElement().asString().contains(NAMED);
    assertThat(heard(limited))
        .singleElement()
        .asString()
        .contains("another tenant is concerned")
        .doesNotContain("fabrikam");
  }

  @Test
  void aRecordIsToldWithWhatItWasAndIsAndWithinBounds() throws InterruptedException {
    var listener = listener(Event.Interest.ALL);
    var domain = ManagedDomain.undeclared(DnsName.of("contoso.test"));

    happenings.recordsChanged(
        DomainState.unseen(domain),
        List.of(
            new RecordChange("contoso.test", "contoso.test MX", "10 mx1.test", ""),
            new RecordChange("contoso.test", "contoso.test SPF", "x", "y".repeat(100_000))));

    var heard = heard(listener);
    assertThat(heard.getFirst())
        .endsWith("\"record\":\"contoso.test MX\",\"old\":\"10 mx1.test\",\"new\":null}");
    assertThat(heard.getLast()).contains("\"new\":\"yyy").hasSizeLessThan(3_000);
  }

  @Test
  void anEndIsToldOnceThoughItWasDoubtedAfterwards() throws InterruptedException {
    var listener = listener(Event.Interest.ALL);
    var end = NOW.plusSeconds(60);
    var ended = alert(Alert.Phase.RESOLVED, end, Optional.of(end));
    var doubtGone = alert(Alert.Phase.RESOLVED, end.plusSeconds(60), Optional.of(end));

    happenings.changed(List.of(new Transition.Resolved(ended)));
    happenings.changed(List.of(new Transition.Resolved(doubtGone)));

    assertThat(heard(listener)).singleElement().asString().contains("\"state\":\"resolved\"");
  }
}
