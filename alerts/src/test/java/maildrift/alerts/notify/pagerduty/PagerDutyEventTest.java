package maildrift.alerts.notify.pagerduty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Shortened;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PagerDutyEventTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  @Test
  void aGroupThatFiresIsATrigger() {
    var event = event(Samples.netblocks(2));
    var payload = (ObjectNode) event.path("payload");
    var details = payload.remove("custom_details");

    assertThat(event.path("routing_key").asString()).isEqualTo(KEY);
    assertThat(event.path("event_action").asString()).isEqualTo("trigger");
    assertThat(event.path("dedup_key").asString()).hasSizeBetween(40, 255);
    assertThat(event.path("links"))
        .isEqualTo(
            JSON.readTree(
                """
                [{"href": "https://maildrift.test/alerts?cause=de._netblocks.mimecast.test+TXT",
                  "text": "Open maildrift"}]
                """));
    assertThat(payload)
        .isEqualTo(
            JSON.readTree(
                """
                {"summary": "[FIRING:2] netblocks.missing (critical): \
                de._netblocks.mimecast.test TXT: 192.0.2.0/24 is published but not allowed",
                 "source": "de._netblocks.mimecast.test TXT", "severity": "critical",
                 "timestamp": "2026-11-21T17:00:00Z",
                 "component": "de._netblocks.mimecast.test",
                 "group": "contoso", "class": "netblocks.missing"}
                """));
    assertThat(details.path("num_firing").asInt()).isEqualTo(2);
    assertThat(details.path("num_resolved").asInt()).isEqualTo(1);
    assertThat(details.path("firing").asString())
        .contains("d0.test, d1.test", "  + 192.0.2.0/24", "  add this line:\n  192.0.2.0/24");
    assertThat(details.path("resolved").asString()).contains("mended.test");
  }

  @Test
  void whatEndsOfAGroupUpdatesItsIncidentAndTheEndOfAllClosesIt() {
    var firing = event(Samples.netblocks(2));
    var less = event(Samples.netblocks(1));
    var over = event(Samples.netblocks(0));

    assertThat(less.path("event_action").asString()).isEqualTo("trigger");
    assertThat(over.path("event_action").asString()).isEqualTo("resolve");
    assertThat(over.has("payload")).isFalse();
    assertThat(List.of(less.path("dedup_key"), over.path("dedup_key")))
        .containsOnly(firing.path("dedup_key"));
  }

  @Test
  void otherGroupsAndReceiversHaveOtherIncidents() {
    var one = Samples.netblocks(1);

    assertThat(
            List.of(
                key(one),
                key(with(one, "other", one.groupKey())),
                key(with(one, one.receiver(), "{}/{}:{cause=\"other\"}"))))
        .doesNotHaveDuplicates();
  }

  @Test
  void severitiesAreThoseOfPagerDuty() {
    assertThat(severity(Samples.netblocks(1))).isEqualTo("critical");
    assertThat(severity(Samples.graded("warning"))).isEqualTo("warning");
    assertThat(severity(Samples.graded("info"))).isEqualTo("info");
  }

  @Test
  void theSummaryIsShortAndDetailsThatAreTooLongAreLeftOut() {
    var much = "🎉".repeat(7_900);
    var text = PagerDutyEvent.of(Samples.rules(60, Map.of("summary", much, "diff", much)), KEY);
    var payload = JSON.readTree(text).path("payload");

    assertThat(Shortened.bytes(text)).isLessThan(512_000);
    assertThat(payload.path("summary").asString())
        .hasSizeLessThanOrEqualTo(1_024)
        .endsWith("🎉" + Shortened.NOTE);
    assertThat(payload.path("custom_details"))
        .isEqualTo(
            JSON.readTree(
                """
                {"shortened": "The details are too long for PagerDuty; \
                they are on maildrift's page."}
                """));
  }

  private static JsonNode event(Notification notification) {
    return JSON.readTree(PagerDutyEvent.of(notification, KEY));
  }

  private static String key(Notification notification) {
    return event(notification).path("dedup_key").asString();
  }

  private static String severity(Notification notification) {
    return event(notification).at("/payload/severity").asString();
  }

  private static Notification with(Notification one, String receiver, String groupKey) {
    return new Notification(
        receiver, groupKey, one.reason(), one.groupLabels(), one.items(), one.externalUrl());
  }
}
