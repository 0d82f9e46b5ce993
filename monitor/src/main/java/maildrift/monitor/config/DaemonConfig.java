package maildrift.monitor.config;

/** The sections of the daemon's own, each of which one file has. */
public record DaemonConfig(
    DnsConfig dns,
    SmtpConfig smtp,
    HttpsConfig https,
    FeedConfig feeds,
    HttpConfig http,
    StoreConfig store,
    ScheduleConfig schedule,
    MetricsConfig metrics) {
  public static final DaemonConfig DEFAULT =
      new DaemonConfig(
          DnsConfig.DEFAULT,
          SmtpConfig.DEFAULT,
          HttpsConfig.DEFAULT,
          FeedConfig.DEFAULT,
          HttpConfig.DEFAULT,
          StoreConfig.DEFAULT,
          ScheduleConfig.DEFAULT,
          MetricsConfig.DEFAULT);

  DaemonConfig with(DnsConfig value) {
    return with(value, smtp);
  }

  DaemonConfig with(SmtpConfig value) {
    return with(dns, value);
  }

  private DaemonConfig with(DnsConfig otherDns, SmtpConfig otherSmtp) {
    return new DaemonConfig(otherDns, otherSmtp, https, feeds, http, store, schedule, metrics);
  }
}
