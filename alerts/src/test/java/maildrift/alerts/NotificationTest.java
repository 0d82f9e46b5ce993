package maildrift.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class NotificationTest {
  private static final Instant STARTED = Instant.parse("2026-11-21T17:00:00Z");

  @Test
  void theBodyHasAlertmanagersShape() {
    var notification = notification(List.of(item("a.test", false), item("b.test", true)));

    assertThat(JsonMapper.builder().build().readTree(notification.toJson()))
        .isEqualTo(
            JsonMapper.builder()
                .build()
                .readTree(
                    """
                    {"version": "4",
                     "groupKey": "{}/{}:{cause=\\"c\\"}",
                     "truncatedAlerts": 0,
                     "status": "firing",
                     "receiver": "oncall",
                     "groupLabels": {"cause": "c"},
                     "commonLabels": {"alertname": "netblocks.missing", "cause": "c", "severity": "critical"},
                     "commonAnnotations": {"remedy": "paste this"},
                     "externalURL": "https://maildrift.test",
                     "notification_reason": "first",
                     "alerts": [
                       {"status": "firing",
                        "labels": {"alertname": "netblocks.missing", "cause": "c", "severity": "critical", "domain": "a.test"},
                        "annotations": {"summary": "a.test is hit", "remedy": "paste this"},
                        "startsAt": "2026-11-21T17:00:00Z",
                        "endsAt": "0001-01-01T00:00:00Z",
                        "generatorURL": "https://maildrift.test/a.test",
                        "fingerprint": "f-a.test"},
                       {"status": "resolved",
                        "labels": {"alertname": "netblocks.missing", "cause": "c", "severity": "critical", "domain": "b.test"},
                        "annotations": {"summary": "b.test is hit", "remedy": "paste this"},
                        "startsAt": "2026-11-21T17:00:00Z",
                        "endsAt": "2026-11-21T17:01:00Z",
                        "generatorURL": "https://maildrift.test/b.test",
                        "fingerprint": "f-b.test"}]}
                    """));
  }

  @Test
  void whatIsWrittenIsReadBack() {
    var notification = notification(List.of(item("a.test", false), item("b.test", true)));

    assertThat(Notification.parse(notification.toJson())).isEqualTo(notification);
  }

  @Test
  void itIsResolvedWhenNothingFires() {
    assertThat(notification(List.of(item("a.test", true))).toJson())
        .contains("\"status\":\"resolved\",\"receiver\"");
  }

  @Test
  void aHugeGroupNamesEveryDomainAndStaysSendable() {
    var items = new ArrayList<Notification.Item>();
    for (var i = 0; i < 2_000; i++) {
      items.add(item("d" + i + ".test", false));
    }

    var json = notification(items).toJson();
    var read = Notification.parse(json);

    assertThat(json.split("paste this", -1)).hasSize(1 + 500 + 1);
    assertThat(read.items()).hasSize(2_000);
    assertThat(read.items().getLast().annotations())
        .as("what all have in common is read back from there")
        .containsEntry("summary", "d1999.test is hit")
        .containsEntry("remedy", "paste this");
    assertThat(read.items().getLast().labels().get("domain")).isEqualTo("d1999.test");
  }

  @Test
  void anythingElseIsRefused() {
    assertThatThrownBy(() -> Notification.parse("{")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Notification.parse("{\"alerts\":[{\"startsAt\":\"soon\"}]}"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Notification notification(List<Notification.Item> items) {
    return new Notification(
        "oncall",
        "{}/{}:{cause=\"c\"}",
        "first",
        Labels.of(Map.of("cause", "c")),
        items,
        "https://maildrift.test");
  }

  private static Notification.Item item(String domain, boolean resolved) {
    return new Notification.Item(
        Labels.of(
            Map.of(
                "alertname",
                "netblocks.missing",
                "cause",
                "c",
                "severity",
                "critical",
                "domain",
                domain)),
        new TreeMap<>(Map.of("summary", domain + " is hit", "remedy", "paste this")),
        STARTED,
        resolved ? Optional.of(STARTED.plusSeconds(60)) : Optional.empty(),
        "https://maildrift.test/" + domain,
        "f-" + domain);
  }
}
