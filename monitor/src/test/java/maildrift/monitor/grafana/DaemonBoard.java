package maildrift.monitor.grafana;

/** maildrift itself: is it on time, what do its looks cost, does it need anything. */
final class DaemonBoard {
  private static final String OF = "{instance=~\"$instance\"}";

  /** 0, and nothing at all where maildrift is away. */
  private static final String OR_NONE = " or sum(maildrift_build_info" + OF + ") * 0";

  private DaemonBoard() {}

  static Board board() {
    return new Board(
            "maildrift-daemon", "Daemon", "maildrift itself: schedule, probes, DNS, store, JVM")
        .instances()
        .marks(
            "Reloads",
            "maildrift_config_last_reload_success_timestamp_seconds" + OF + " * 1000",
            "Configuration loaded",
            "{{instance}}")
        .marks("Starts", "process_start_time_seconds" + OF + " * 1000", "Start", "{{instance}}")
        .row("Now")
        .panel(
            Panel.stat("Version", "What runs.")
                .query("max by (version) (maildrift_build_info" + OF + ")", "{{version}}")
                .saysNames())
        .panel(
            Panel.stat("Up for", "Since the start.")
                .query("min(process_uptime_seconds" + OF + ")")
                .unit("s")
                .runbook("MaildriftRestarting"))
        .panel(
            Panel.stat("Late by", "How late the most overdue look is.")
                .query("max(maildrift_schedule_lag_seconds" + OF + ")")
                .unit("s")
                .thresholds("green", 60, "orange", 1800, "red")
                .runbook("MaildriftBehindSchedule")
                .runbook("MaildriftStandsStill"))
        .panel(
            yesOrNo(
                    "Store",
                    "maildrift_store_healthy",
                    "Whether the last write succeeded.",
                    "writes",
                    "fails")
                .runbook("MaildriftStoreFailing"))
        .panel(
            yesOrNo(
                    "Configuration",
                    "maildrift_config_last_reload_successful",
                    "Whether the last reload succeeded; if not, the old one is in force.",
                    "loaded",
                    "old one")
                .runbook("MaildriftReloadFailed"))
        .panel(Panel.stat("Domains", "That it looks at.").query("sum(maildrift_domains" + OF + ")"))
        .panel(
            Panel.stat(
                    "Series left out",
                    "Of the last hour's scrapes, because metrics.max_series was reached.")
                .query("sum(increase(maildrift_series_dropped_total" + OF + "[1h]))")
                .thresholds("green", 1, "orange")
                .runbook("MaildriftSeriesDropped"))
        .panel(
            Panel.stat("Digest", "When one was last made, of any tenant.")
                .query(
                    "max(maildrift_digest_last_made_timestamp_seconds"
                        + OF
                        + " > 0) * 1000"
                        + OR_NONE)
                .unit("dateTimeFromNow")
                .map(0, "none yet", "text"))
        .row("Looks")
        .panel(
            Panel.lines("Lateness", "How late the most overdue look is.")
                .query(
                    "max by (instance) (maildrift_schedule_lag_seconds" + OF + ")", "{{instance}}")
                .unit("s")
                .limit(60)
                .smooth())
        .panel(
            Panel.lines("Looks a second", "By probe.")
                .query(
                    "sum by (probe) (rate(maildrift_probe_duration_seconds_count%s[$__rate_interval])) > 0"
                        .formatted(OF),
                    "{{probe}}")
                .unit("ops")
                .legendBeside()
                .smooth())
        .panel(
            Panel.lines("Duration, median", "Of a look of one probe at one domain.")
                .query(quantile(0.5), "{{probe}}")
                .unit("s")
                .legendBeside()
                .smooth())
        .panel(
            Panel.lines("Duration, 99 of 100", "What all but the slowest looks stay below.")
                .query(quantile(0.99), "{{probe}}")
                .unit("s")
                .legendBeside()
                .smooth()
                .runbook("MaildriftBehindSchedule"))
        .row("DNS")
        .panel(
            Panel.lines("Questions", "Sent to name servers, and those that the cache answered.")
                .query(rate("maildrift_dns_queries_total"), "sent")
                .query(rate("maildrift_dns_cache_hits_total"), "from the cache")
                .unit("ops")
                .smooth()
                .size(8, 8))
        .panel(
            Panel.lines("Not answered", "By reason. No answer never becomes a finding.")
                .query(
                    "sum by (reason) (rate(maildrift_dns_query_failures_total%s[$__rate_interval]))"
                        .formatted(OF),
                    "{{reason}}")
                .legendBeside()
                .unit("ops")
                .smooth()
                .runbook("MaildriftNothingObserved")
                .size(8, 8))
        .panel(
            Panel.lines(
                    "Contradicted resolvers",
                    "Doubts of a regular look that better servers denied, each second.")
                .query(rate("maildrift_resolver_contradictions_total"), "denied")
                .unit("ops")
                .smooth()
                .size(8, 8))
        .row("Backups, lists of domains, logins")
        .panel(
            Panel.stat("Newest backup", "Of the store, when it was made.")
                .query(
                    "max(maildrift_backup_last_made_timestamp_seconds"
                        + OF
                        + " > 0) * 1000"
                        + OR_NONE)
                .unit("dateTimeFromNow")
                .map(0, "none yet", "text")
                .size(4, 4))
        .panel(
            Panel.stat("Backups that failed", "Within a day; maildrift tells of it, too.")
                .query("sum(increase(maildrift_backup_failures_total" + OF + "[1d]))" + OR_NONE)
                .decimals(0)
                .thresholds("green", 0.5, "red")
                .size(4, 4))
        .panel(
            Panel.table(
                    "Lists of domains",
                    "What files and addresses under discovery bring. A list that fails leaves the one before in force.")
                .query("max by (source) (maildrift_discovery_domains" + OF + ")")
                .query("max by (source) (maildrift_discovery_targets_refused" + OF + ")")
                .query(
                    "max by (source) (increase(maildrift_discovery_refresh_failures_total%s[1h]))"
                        .formatted(OF))
                .query(
                    "max by (source) (maildrift_discovery_last_success_timestamp_seconds%1$s > 0 or maildrift_discovery_domains%1$s * 0) * 1000"
                        .formatted(OF))
                .columns("source", "Value #A", "Value #B", "Value #C", "Value #D")
                .column("Value #A", "domains", Panel.COUNT)
                .column("Value #B", "refused", Panel.COUNT, 1, "orange")
                .column("Value #C", "failures in an hour", "none", 0.5, "orange")
                .column("Value #D", "last good one", "dateTimeFromNow")
                .words("last good one", 0, "never", "red")
                .noValue("None that metrics tell of")
                .size(10, 4))
        .panel(
            Panel.lines("Logins refused", "By reason, each second.")
                .query(
                    "sum by (reason) (rate(maildrift_http_login_failures_total%s[$__rate_interval]))"
                        .formatted(OF),
                    "{{reason}}")
                .unit("ops")
                .legendBeside()
                .smooth()
                .size(6, 4))
        .row("Process and scrapes")
        .panel(
            Panel.lines("Heap", "Memory of the Java virtual machine, in use and at most.")
                .query(
                    "sum by (instance) (jvm_memory_used_bytes{area=\"heap\",instance=~\"$instance\"})",
                    "{{instance}} used")
                .query(
                    "sum by (instance) (jvm_memory_max_bytes{area=\"heap\",instance=~\"$instance\"} > 0)",
                    "{{instance}} at most")
                .unit("bytes")
                .smooth()
                .runbook("MaildriftRestarting")
                .size(8, 8))
        .panel(
            Panel.lines("Processor", "Of all that the machine has.")
                .query("max by (instance) (process_cpu_usage" + OF + ")", "{{instance}}")
                .unit("percentunit")
                .smooth()
                .size(8, 8))
        .panel(
            Panel.lines(
                    "Threads and files", "Live threads, and files and connections that are open.")
                .query(
                    "sum by (instance) (jvm_threads_live_threads" + OF + ")",
                    "{{instance}} threads")
                .query(
                    "sum by (instance) (process_files_open_files" + OF + ")", "{{instance}} files")
                .smooth()
                .size(8, 8))
        .panel(
            Panel.lines("Scrape", "How long Prometheus waits for maildrift.")
                .query(
                    "max by (instance) (scrape_duration_seconds%s and on (instance) maildrift_build_info)"
                        .formatted(OF),
                    "{{instance}}")
                .unit("s")
                .smooth())
        .panel(
            Panel.lines("Samples", "That a scrape brings.")
                .query(
                    "max by (instance) (scrape_samples_scraped%s and on (instance) maildrift_build_info)"
                        .formatted(OF),
                    "{{instance}}"));
  }

  private static Panel yesOrNo(
      String title, String metric, String description, String yes, String no) {
    return Panel.stat(title, description)
        .query("min(" + metric + OF + ")")
        .map(0, no, "red")
        .map(1, yes, "green");
  }

  private static String quantile(double of) {
    return "histogram_quantile(%s, sum by (probe, le) (rate(maildrift_probe_duration_seconds_bucket%s[$__rate_interval]))) >= 0"
        .formatted(of, OF);
  }

  private static String rate(String counter) {
    return "sum(rate(%s%s[$__rate_interval]))".formatted(counter, OF);
  }
}
