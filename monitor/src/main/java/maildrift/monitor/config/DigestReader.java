package maildrift.monitor.config;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.mail.MailReceiver;
import maildrift.monitor.schedule.CronTimes;

/** Reads {@code alerts.digest}. */
final class DigestReader {
  /** Monday morning. */
  static final String CRON = "0 0 7 ? * MON";

  private final Reading reading;
  private final Set<String> tenants;
  private final Set<String> names;
  private final Map<String, Receiver> receivers;

  /**
   * @param names of all receivers that are written
   * @param receivers those that could be read
   */
  DigestReader(
      Reading reading, Set<String> tenants, Set<String> names, Map<String, Receiver> receivers) {
    this.reading = reading;
    this.tenants = tenants;
    this.names = names;
    this.receivers = receivers;
  }

  /** What one section says; what it does not is taken from the general one. */
  private record Written(
      Optional<String> receiver, List<String> to, Optional<String> from, String cron, ZoneId zone) {
    static final Written NOTHING =
        new Written(Optional.empty(), List.of(), Optional.empty(), CRON, ZoneOffset.UTC);

    Optional<DigestConfig> config() {
      return receiver.map(name -> new DigestConfig(name, to, from, new CronTimes(cron, zone)));
    }
  }

  DigestConfig.All read(Section alerts) {
    var isWritten = alerts.has("digest");
    var section = alerts.section("digest");
    var general = read(section, Written.NOTHING);
    var own = new LinkedHashMap<String, DigestConfig>();
    var none = new HashSet<String>();
    var tenantSections = section.named("tenants");
    for (var named : tenantSections) {
      var one = named.section();
      if (!tenants.contains(named.name())) {
        reading.problem(
            named.place(),
            "unknown tenant '%s'%s"
                .formatted(Words.shortened(named.name()), Words.hint(named.name(), tenants)));
      }
      if (!one.flag("enabled", true)) {
        none.add(named.name());
      }
      var written = read(one, general);
      one.end();
      if (written.receiver().isEmpty()
          && !none.contains(named.name())
          && !one.has("receiver")
          && !section.has("receiver")) {
        one.lacks("receiver");
      }
      written.config().ifPresent(config -> own.put(named.name(), config));
    }
    section.end();
    if (isWritten && !section.has("receiver") && tenantSections.isEmpty()) {
      section.lacks("receiver");
    }
    return new DigestConfig.All(general.config(), own, none);
  }

  private Written read(Section section, Written general) {
    var receiver = section.text("receiver").flatMap(this::receiver);
    var to = new ArrayList<String>();
    for (var text : section.oneOrMore("to")) {
      section.parse("to", text, ReceiverSettings::mailbox).ifPresent(to::add);
    }
    var from = section.parsed("from", ReceiverSettings::namedMailbox);
    var zone = section.parsed("time_zone", TimeIntervalReader::zone).orElse(general.zone());
    var cron =
        section
            .parsed("cron", written -> new CronTimes(written, zone).expression())
            .orElse(general.cron());
    return new Written(
        receiver.or(general::receiver),
        to.isEmpty() ? general.to() : to,
        from.or(general::from),
        cron,
        zone);
  }

  private Optional<String> receiver(Text text) {
    if (!names.contains(text.value())) {
      reading.problem(
          text.place(),
          "undefined receiver %s%s".formatted(text.shown(), Words.hint(text.value(), names)));
      return Optional.empty();
    }
    var receiver = receivers.get(text.value());
    if (receiver != null && !(receiver instanceof MailReceiver)) {
      reading.problem(
          text.place(),
          "receiver: %s sends no mail; a digest needs a receiver with 'mail'"
              .formatted(text.shown()));
      return Optional.empty();
    }
    return Optional.of(text.value());
  }
}
