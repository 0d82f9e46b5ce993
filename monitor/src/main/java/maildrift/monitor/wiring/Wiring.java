package maildrift.monitor.wiring;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import maildrift.alerts.route.Links;
import maildrift.monitor.check.OutsideDoors;
import maildrift.monitor.config.DnsConfig;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.SmtpConfig;
import maildrift.monitor.watch.Watch;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.DnssecSettings;
import maildrift.probes.dns.SystemResolvers;
import maildrift.probes.https.HttpsDoor;
import maildrift.probes.https.HttpsSettings;
import maildrift.probes.https.SharedHttps;
import maildrift.probes.smtp.SharedSmtp;
import maildrift.probes.smtp.SmtpDoor;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.SmtpSettings;

/** Configuration in, settings of the parts out. Pure but for the doors, which it opens. */
public final class Wiring {
  private Wiring() {}

  /**
   * How DNS is asked.
   *
   * @param maxAge nothing older is served from the cache
   */
  public static DnsSettings dnsSettings(DnsConfig config, Duration maxAge) {
    var settings =
        config.nothingElse()
            ? DnsSettings.only(resolvers(config))
            : DnsSettings.of(resolvers(config))
                .confirmWith(config.confirmWith().stream().map(Wiring::server).toList())
                .authoritative(
                    config.authoritative().entrySet().stream()
                        .collect(
                            Collectors.toUnmodifiableMap(
                                Map.Entry::getKey,
                                zone -> zone.getValue().stream().map(Wiring::server).toList())));
    return settings
        .timeout(config.timeout())
        .queriesPerSecond(config.queriesPerSecond())
        .maxAge(maxAge)
        .dnssec(dnssec(config));
  }

  private static DnssecSettings dnssec(DnsConfig config) {
    var settings =
        config.trustAnchors().isEmpty()
            ? DnssecSettings.DEFAULT
            : new DnssecSettings(config.trustAnchors(), Optional.empty());
    return config.trustedResolver().map(where -> settings.trusting(server(where))).orElse(settings);
  }

  private static List<DnsServer> resolvers(DnsConfig config) {
    return config.resolvers().isEmpty()
        ? SystemResolvers.find()
        : config.resolvers().stream().map(Wiring::server).toList();
  }

  private static DnsServer server(HostPort where) {
    return DnsServer.parse(where.toString());
  }

  public static SmtpSettings smtpSettings(SmtpConfig config) {
    return config.settings();
  }

  public static OutsideDoors doors(
      DnsSettings dns, SmtpSettings smtp, HttpsSettings https, Duration maxAge) {
    return doors(dns, smtp, https, maxAge, () -> {}, _ -> {});
  }

  /**
   * Opens the doors.
   *
   * @param heard hears whether DNS answers
   * @param mail hears how looks at mail servers ended
   */
  static OutsideDoors doors(
      DnsSettings dns,
      SmtpSettings smtp,
      HttpsSettings https,
      Duration maxAge,
      OutsideDoors.Heard heard,
      Consumer<SmtpLook> mail) {
    return new OutsideDoors(
        new DnsDoor(dns),
        new SharedSmtp(new SmtpDoor(smtp), maxAge, mail),
        new SharedHttps(new HttpsDoor(https)),
        smtp.allowPrivate(),
        heard);
  }

  /** How looks become alerts. */
  static Watch.Terms terms(MonitorConfig settings) {
    return new Watch.Terms(
        settings.schedule(),
        settings.baseline() == MonitorConfig.BaselineMode.FIRST,
        settings.alerts().policies());
  }

  /** Where a person finds more. */
  static Links links(MonitorConfig settings) {
    var page = settings.http().page();
    return new Links(
        page,
        labels ->
            labels.get("domain").isEmpty()
                ? page + "/"
                : page + "/domains/" + labels.get("domain"));
  }

  /** Each receiver's mark, another for another configuration. */
  static Map<String, String> marks(MonitorConfig settings) {
    var marks = new HashMap<String, String>();
    settings.alerts().receivers().forEach((name, receiver) -> marks.put(name, Mark.of(receiver)));
    return marks;
  }
}
