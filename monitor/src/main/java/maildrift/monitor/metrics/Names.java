package maildrift.monitor.metrics;

import java.util.List;

/**
 * Every series that maildrift exports of its own, with what it means. The README's table and the
 * dashboards' lint read it.
 */
public enum Names {
  DOMAIN_VERDICT(
      "maildrift_domain_verdict",
      Type.GAUGE,
      "Verdict of the domain's last check: 1 for the present one, 0 for the others.",
      "domain",
      "tenant",
      "verdict"),
  FINDINGS(
      "maildrift_findings",
      Type.GAUGE,
      "Findings of the domain that count (not waived), by severity.",
      "domain",
      "tenant",
      "severity"),
  RULE_VIOLATED(
      "maildrift_rule_violated",
      Type.GAUGE,
      "1 while the rule is violated by the subject and not waived.",
      "domain",
      "tenant",
      "rule",
      "severity",
      "subject"),
  PROBE_OBSERVED(
      "maildrift_probe_observed",
      Type.GAUGE,
      "1 if the probe's last look reached a conclusion without a gap, 0 if something could not be seen.",
      "domain",
      "tenant",
      "probe"),
  PROBE_LAST_OBSERVED(
      "maildrift_probe_last_observed_timestamp_seconds",
      Type.GAUGE,
      "When the probe last reached a conclusion without a gap, by maildrift's own schedule.",
      "domain",
      "tenant",
      "probe"),
  PROBE_DOMAINS(
      "maildrift_probe_domains", Type.GAUGE, "Domains that the probe looked at.", "probe"),
  PROBE_DOMAINS_OBSERVED(
      "maildrift_probe_domains_observed",
      Type.GAUGE,
      "Domains of which the probe's last look reached a conclusion without a gap.",
      "probe"),
  SPF_LOOKUPS(
      "maildrift_spf_lookups",
      Type.GAUGE,
      "DNS lookups that evaluating the domain's SPF record costs; more than 10 is a permerror (RFC 7208 section 4.6.4).",
      "domain",
      "tenant"),
  SPF_VOID_LOOKUPS(
      "maildrift_spf_void_lookups",
      Type.GAUGE,
      "SPF lookups that find nothing; more than 2 is a permerror (RFC 7208 section 4.6.4).",
      "domain",
      "tenant"),
  SPF_NETBLOCKS(
      "maildrift_spf_netblocks",
      Type.GAUGE,
      "Networks that the domain's SPF record authorises, after aggregation.",
      "domain",
      "tenant"),
  DKIM_KEY_BITS(
      "maildrift_dkim_key_bits",
      Type.GAUGE,
      "Size of the published DKIM key.",
      "domain",
      "tenant",
      "selector"),
  DMARC_POLICY(
      "maildrift_dmarc_policy",
      Type.GAUGE,
      "1 for the DMARC policy that is in effect for the domain (RFC 9989).",
      "domain",
      "tenant",
      "policy"),
  MX_MATCHES_PROFILE(
      "maildrift_mx_matches_profile",
      Type.GAUGE,
      "1 if the MX set is one that the inbound profile prescribes.",
      "domain",
      "tenant"),
  RECORD_CHANGED(
      "maildrift_record_changed_timestamp_seconds",
      Type.GAUGE,
      "When the watched record was last seen to change.",
      "domain",
      "tenant",
      "record"),
  DOMAIN_HOST_INFO(
      "maildrift_domain_host_info",
      Type.GAUGE,
      "Always 1; a mail host of the domain, whose own series it shares with other domains.",
      "domain",
      "tenant",
      "host",
      "port"),
  TLS_LEVEL(
      "maildrift_tls_level",
      Type.GAUGE,
      "TLS level that the mail host reaches: 0 none, 1 may, 2 encrypt, 3 verify, 4 secure, 5 fingerprint.",
      "host",
      "port"),
  TLS_NOT_AFTER(
      "maildrift_tls_certificate_not_after_timestamp_seconds",
      Type.GAUGE,
      "When the mail host's certificate ends.",
      "host",
      "port"),
  TLS_CN_MATCH(
      "maildrift_tls_certificate_cn_match",
      Type.GAUGE,
      "1 if the subject CN of the mail host's certificate matches the name.",
      "host",
      "port",
      "name"),
  NETBLOCK_DRIFT(
      "maildrift_netblock_drift",
      Type.GAUGE,
      "Networks that differ between what the source publishes and what the allowlist accepts.",
      "source",
      "allowlist",
      "kind"),
  ALERTS("maildrift_alerts", Type.GAUGE, "Alerts by state and severity.", "state", "severity"),
  ALERTS_MUTED(
      "maildrift_alerts_muted",
      Type.GAUGE,
      "Firing alerts that are not told, by what holds them back: silence, inhibition, maintenance or the hours of routes.",
      "by"),
  ALERTS_ACKNOWLEDGED(
      "maildrift_alerts_acknowledged", Type.GAUGE, "Firing alerts that somebody has taken."),
  MAINTENANCE_WINDOWS(
      "maildrift_maintenance_windows",
      Type.GAUGE,
      "Maintenance windows of the configuration that are on, and that are announced.",
      "state"),
  NOTIFICATIONS(
      "maildrift_notifications_total",
      Type.COUNTER,
      "Attempts to deliver a notification.",
      "receiver"),
  NOTIFICATIONS_FAILED(
      "maildrift_notifications_failed_total",
      Type.COUNTER,
      "Attempts to deliver a notification that failed.",
      "receiver",
      "reason"),
  NOTIFICATIONS_PENDING(
      "maildrift_notifications_pending",
      Type.GAUGE,
      "Notifications that are owed and not yet delivered.",
      "receiver"),
  NOTIFICATION_OLDEST_PENDING(
      "maildrift_notification_oldest_pending_timestamp_seconds",
      Type.GAUGE,
      "When the oldest notification that is owed and not yet delivered was made owed; NaN while nothing is.",
      "receiver"),
  NOTIFICATION_LAST_SUCCESS(
      "maildrift_notification_last_success_timestamp_seconds",
      Type.GAUGE,
      "When a notification last arrived, since the start of maildrift; NaN before.",
      "receiver"),
  NOTIFICATIONS_GIVEN_UP(
      "maildrift_notifications_given_up",
      Type.GAUGE,
      "Notifications that were refused until they were given up, kept for a person to send again.",
      "receiver"),
  RECEIVER_DISABLED(
      "maildrift_receiver_disabled",
      Type.GAUGE,
      "1 if the receiver said that it wants no more (410) and is told nothing.",
      "receiver"),
  HEARTBEAT_LAST_SUCCESS(
      "maildrift_heartbeat_last_success_timestamp_seconds",
      Type.GAUGE,
      "When the dead-man's switch was last told that maildrift lives; NaN before.",
      "heartbeat"),
  HEARTBEAT_INTERVAL(
      "maildrift_heartbeat_interval_seconds",
      Type.GAUGE,
      "How often the dead-man's switch is to be told.",
      "heartbeat"),
  DIGEST_TIME(
      "maildrift_digest_last_made_timestamp_seconds",
      Type.GAUGE,
      "When a digest was last made, of any tenant; NaN before the first one."),
  DISCOVERY_DOMAINS(
      "maildrift_discovery_domains",
      Type.GAUGE,
      "Domains that the source of discovery brings, as last believed.",
      "source"),
  DISCOVERY_REFUSED(
      "maildrift_discovery_targets_refused",
      Type.GAUGE,
      "Targets of the source's last list that are not used as they are: no domain's name, labels that do not fit, managed otherwise.",
      "source"),
  DISCOVERY_FAILURES(
      "maildrift_discovery_refresh_failures_total",
      Type.COUNTER,
      "Refreshes that brought no list that is believed; the one before stays in force.",
      "source"),
  DISCOVERY_LAST_SUCCESS(
      "maildrift_discovery_last_success_timestamp_seconds",
      Type.GAUGE,
      "When the source last gave a list that is believed, since the start of maildrift; NaN before.",
      "source"),
  BACKUP_TIME(
      "maildrift_backup_last_made_timestamp_seconds",
      Type.GAUGE,
      "When the newest backup of the store was made; NaN where there is none."),
  BACKUP_FAILURES(
      "maildrift_backup_failures_total",
      Type.COUNTER,
      "Backups of the store that could not be made."),
  DOMAINS("maildrift_domains", Type.GAUGE, "Managed domains."),
  SCHEDULE_LAG(
      "maildrift_schedule_lag_seconds",
      Type.GAUGE,
      "How late the most overdue check is; 0 when none is."),
  PROBE_DURATION(
      "maildrift_probe_duration_seconds",
      Type.HISTOGRAM,
      "How long a probe took for one domain.",
      "probe"),
  DNS_QUERIES(
      "maildrift_dns_queries_total",
      Type.COUNTER,
      "Questions sent to name servers, repetitions not counted."),
  DNS_QUERY_FAILURES(
      "maildrift_dns_query_failures_total",
      Type.COUNTER,
      "Questions that were not answered, by reason.",
      "reason"),
  DNS_CACHE_HITS(
      "maildrift_dns_cache_hits_total", Type.COUNTER, "Questions that the answer cache answered."),
  RESOLVER_CONTRADICTIONS(
      "maildrift_resolver_contradictions_total",
      Type.COUNTER,
      "Doubts that a regular look raised and that a look at better servers denied."),
  LOGIN_FAILURES(
      "maildrift_http_login_failures_total",
      Type.COUNTER,
      "Requests that were not let in: a wrong password, a wrong token, or too many of them before.",
      "reason"),
  RELOAD_SUCCESSFUL(
      "maildrift_config_last_reload_successful",
      Type.GAUGE,
      "1 if the last reload of the configuration succeeded."),
  RELOAD_TIME(
      "maildrift_config_last_reload_success_timestamp_seconds",
      Type.GAUGE,
      "When the configuration was last loaded successfully."),
  BUILD_INFO(
      "maildrift_build_info",
      Type.GAUGE,
      "Always 1; the version in the labels.",
      "version",
      "java"),
  STANDBY(
      "maildrift_standby",
      Type.GAUGE,
      "1 while it stands by for the maildrift that has the store (store.standby), 0 while it is at work."),
  STORE_HEALTHY(
      "maildrift_store_healthy", Type.GAUGE, "1 if the last write to the store succeeded."),
  SERIES_DROPPED(
      "maildrift_series_dropped_total",
      Type.COUNTER,
      "Series left out of scrapes because metrics.max_series was reached.");

  private final String series;
  private final Type type;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<String> labels;

  Names(String series, Type type, String help, String... labels) {
    this.series = series;
    this.type = type;
    this.help = help;
    this.labels = List.of(labels);
  }

  /** Prometheus' metric types, as far as we use them. */
  public enum Type {
    GAUGE,
    COUNTER,
    HISTOGRAM;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public String series() {
    return series;
  }

  public Type type() {
    return type;
  }

  public String help() {
    return help;
  }

  public List<String> labels() {
    return labels;
  }
}
