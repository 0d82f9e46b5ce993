package maildrift.monitor.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how maildrift watches over itself, part of the alerts section. */
final class OwnAlertsReader {
  private static final Duration SHORTEST_BEAT = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Reading reading;

  OwnAlertsReader(Reading reading) {
    this.reading = reading;
  }

  OwnAlertsConfig read(Section alerts) {
    var after =
        alerts.duration(
            "receiver_failing_after", MINUTE, OwnAlertsConfig.DEFAULT.receiverFailingAfter());
    var heartbeats = new ArrayList<HeartbeatConfig>();
    for (var named : alerts.named("heartbeats")) {
      heartbeat(named).ifPresent(heartbeats::add);
    }
    return new OwnAlertsConfig(
        after, heartbeats, alerts.flag("watchdog", OwnAlertsConfig.DEFAULT.watchdog()));
  }

  private Optional<HeartbeatConfig> heartbeat(Section.Named named) {
    var section = named.section();
    var settings = new ReceiverSettings(reading, section, true, List.of());
    var allowPrivate = settings.flag(ReceiverSettings.ALLOW_PRIVATE, false);
    var url = settings.url("url");
    if (!section.has("url") && !section.has("url_file")) {
      section.lacks("url");
    }
    var interval = section.duration("interval", SHORTEST_BEAT, HeartbeatConfig.INTERVAL);
    var method =
        section.choice("method", HeartbeatConfig.Method.values(), HeartbeatConfig.Method::word);
    section.end();
    return url.map(
        to ->
            new HeartbeatConfig(
                named.name(),
                to,
                interval,
                method.orElse(HeartbeatConfig.Method.POST),
                allowPrivate));
  }
}
