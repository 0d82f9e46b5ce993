package maildrift.monitor.grafana;

/**
 * All domains at a glance: how many are well, which are worst, what is not known, what is coming.
 */
final class FleetBoard {
  private static final String HERE = "{instance=~\"$instance\"}";
  private static final String BY =
      "instance=~\"$instance\",domain=~\"$domain\",tenant=~\"$tenant\"";
  private static final String OF = "{" + BY + "}";

  /** Nothing of what is there, and nothing at all where maildrift is away. */
  private static final String OR_NONE = " or sum(maildrift_domain_verdict" + OF + ") * 0";

  /**
   * Of hosts of the chosen domains; of all where it is not said whose they are (metrics.detail:
   * sparse).
   */
  private static final String CERTIFICATES =
      "(maildrift_tls_certificate_not_after_timestamp_seconds%1$s and on (job, instance, host, port) maildrift_domain_host_info%2$s or maildrift_tls_certificate_not_after_timestamp_seconds%1$s unless on (job, instance) maildrift_domain_host_info)"
          .formatted(HERE, OF);

  /** All is well, or there is nothing to tell it by; the tiles above say which. */
  private static final String NOTHING = "Nothing to show";

  private static final int WEEK = 7 * 86_400;

  private FleetBoard() {}

  static Board board() {
    return new Board(
            "maildrift-fleet",
            "Fleet",
            "All managed domains: verdicts, the worst, the unseen, what changed and what is due")
        .instances()
        .many("tenant", "Tenant", "maildrift_domain_verdict" + HERE, "tenant")
        .many(
            "domain",
            "Domain",
            "maildrift_domain_verdict{instance=~\"$instance\",tenant=~\"$tenant\"}",
            "domain")
        .changes(BY, "{{domain}}: {{record}}", "The watched record changed.")
        .row("Now")
        .panel(verdict("Fail", "fail", "red", "Domains with a critical finding."))
        .panel(verdict("Warn", "warn", "orange", "Domains with a warning and nothing critical."))
        .panel(
            verdict(
                "Unknown",
                "unknown",
                "purple",
                "Domains of which something could not be seen, and nothing worse was found."))
        .panel(verdict("Pass", "pass", "green", "Domains that are as they should be."))
        .panel(
            Panel.stat("Managed domains", "Domains that maildrift looks at, of those chosen.")
                .query("sum(maildrift_domain_verdict" + OF + ")")
                .size(4, 4))
        .panel(
            Panel.stat(
                    "Seen",
                    "Looks that saw everything they were to see, of all tenants. The rest is unknown, not wrong.")
                .query(
                    "sum(maildrift_probe_domains_observed%1$s) / sum(maildrift_probe_domains%1$s)"
                        .formatted(HERE))
                .unit("percentunit")
                .thresholds("purple", 0.95, "green")
                .runbook("MaildriftNothingObserved")
                .size(4, 4))
        .panel(
            Panel.stat(
                    "Late by",
                    "How late the most overdue look is: if it is, what is shown here is old.")
                .query("max(maildrift_schedule_lag_seconds" + HERE + ")")
                .unit("s")
                .thresholds("green", 60, "orange", 1800, "red")
                .runbook("MaildriftBehindSchedule")
                .runbook("MaildriftStandsStill")
                .size(4, 4))
        .panel(
            Panel.stat(
                    "Alerts firing",
                    "Alerts of maildrift that fire now, told or not, of all tenants.")
                .query("sum(maildrift_alerts{state=\"firing\",instance=~\"$instance\"})")
                .link("Alerts", Panel.MAILDRIFT + "/alerts")
                .size(4, 4))
        .panel(
            Panel.stat("Changed this week", "Watched records that changed within seven days.")
                .query(
                    "count(maildrift_record_changed_timestamp_seconds%s > time() - %d)"
                            .formatted(OF, WEEK)
                        + OR_NONE)
                .size(4, 4))
        .panel(
            Panel.stat(
                    "Certificates to renew",
                    "Mail hosts whose certificate ends within 30 days, or has ended.")
                .query(
                    "count(count by (host, port) ("
                        + CERTIFICATES
                        + " - time() < 30 * 86400))"
                        + OR_NONE)
                .thresholds("text", 1, "orange")
                .runbook("MaildriftCertificateEnds")
                .size(4, 4))
        .row("Verdicts")
        .panel(
            Panel.lines("Verdicts over time", "How many domains had which verdict.")
                .query("sum by (verdict) (maildrift_domain_verdict" + OF + ")", "{{verdict}}")
                .stacked()
                .paint("fail", "red")
                .paint("warn", "orange")
                .paint("unknown", "purple")
                .paint("pass", "green"))
        .panel(
            Panel.lines(
                    "Findings over time",
                    "Findings that count (not waived), critical and warnings.")
                .query(
                    "sum by (severity) (maildrift_findings{%s,severity!=\"info\"})".formatted(BY),
                    "{{severity}}")
                .paint("critical", "red")
                .paint("warning", "orange"))
        .panel(
            Panel.table("Worst domains", "The 25 with the most critical findings, then warnings.")
                .query(worst("critical"))
                .query(worst("warning"))
                .columns("domain", "tenant", "Value #A", "Value #B")
                .column("Value #A", "critical", Panel.COUNT, 1, "red")
                .column("Value #B", "warning", Panel.COUNT, 1, "orange")
                .sorted("critical", true)
                .noValue(NOTHING)
                .columnLink("domain", "The domain's dashboard", Panel.DOMAIN)
                .columnLink(
                    "domain", "maildrift's page", Panel.MAILDRIFT + "/domains/${__value.raw}"))
        .panel(
            Panel.bars(
                    "Rules violated most",
                    "How many domains violate a rule of severity critical or warning, the ten first.")
                .query(
                    "topk(10, count by (rule) (count by (rule, domain) (maildrift_rule_violated{%s,severity=~\"critical|warning\"})))"
                        .formatted(BY),
                    "{{rule}}")
                .color("orange")
                .size(12, 8))
        .panel(
            Panel.table(
                    "Violated rules",
                    "What is wrong now, critical first, infos left out; 200 at most, choose a tenant to see others.")
                .query(
                    "topk(200, "
                        + Panel.severity(
                            "domain, tenant, rule, subject",
                            "maildrift_rule_violated",
                            BY + ",severity!=\"info\",")
                        + ")")
                .noValue(NOTHING)
                .columns("Value", "rule", "domain", "subject", "tenant")
                .worstFirst()
                .columnLink("rule", "What the rule says", Panel.MAILDRIFT + "/rules/${__value.raw}")
                .columnLink("domain", "The domain's dashboard", Panel.DOMAIN)
                .runbook("MaildriftDomainFails")
                .size(24, 9))
        .row("Unknown and stale")
        .panel(
            Panel.lines(
                    "Not observed",
                    "Domains of which a probe's last look left something unseen. What was found before stands.")
                .query(
                    "count(count by (instance, domain) (maildrift_probe_observed%s == 0))"
                            .formatted(OF)
                        + OR_NONE,
                    "any probe")
                .query("sum by (probe) (1 - maildrift_probe_observed" + OF + ") > 0", "{{probe}}")
                .paint("any probe", "purple")
                .legendBeside()
                .runbook("MaildriftNothingObserved"))
        .panel(
            Panel.table(
                    "Not seen for longest",
                    "Probes whose last look left something unseen, and how long ago one saw all.")
                .query(
                    "topk(25, max by (domain, probe) (time() - maildrift_probe_last_observed_timestamp_seconds%s and on (domain, probe) (maildrift_probe_observed == 0) or (maildrift_probe_observed%s == 0) + 1e10))"
                        .formatted(OF, OF))
                .columns("domain", "probe", "Value")
                .column("Value", "not seen for", "s", 3600, "orange", 21_600, "red")
                .beyond("not seen for", 1e9, "never seen")
                .sorted("not seen for", true)
                .noValue(NOTHING)
                .columnLink("domain", "The domain's dashboard", Panel.DOMAIN)
                .runbook("MaildriftDomainUnobserved"))
        .row("Drift this week")
        .panel(
            Panel.lines(
                    "Records that changed within seven days",
                    "By kind of record. A wave here is one change at a provider, or one at your own zones.")
                .query(
                    "count by (kind) (label_replace(maildrift_record_changed_timestamp_seconds%s > time() - %d, \"kind\", \"$1\", \"record\", \".* ([^ ]+)\"))"
                        .formatted(OF, WEEK),
                    "{{kind}}"))
        .panel(
            Panel.table("Changed last", "Watched records, the newest change first.")
                .query(
                    "topk(25, max by (domain, record) (maildrift_record_changed_timestamp_seconds%s)) * 1000"
                        .formatted(OF))
                .columns("domain", "record", "Value")
                .column("Value", "changed", "dateTimeFromNow")
                .sorted("changed", true)
                .columnLink("domain", "The domain's dashboard", Panel.DOMAIN))
        .row("Certificates")
        .panel(
            Panel.table("Certificates that end first", "Of mail hosts, the 25 that end first.")
                .query("bottomk(25, min by (host, port) (" + CERTIFICATES + " - time()))")
                .columns("host", "port", "Value")
                .column(
                    "Value", "ends in", "s", -1e12, "red", 259_200, "orange", 1_209_600, "yellow",
                    2_592_000, "green")
                .sorted("ends in", false)
                .runbook("MaildriftCertificateEnds"))
        .panel(
            Panel.bars(
                    "SPF lookups",
                    "The domains nearest to the limit of ten, beyond which receivers treat the policy as an error.")
                .query("topk(10, max by (domain) (maildrift_spf_lookups" + OF + "))", "{{domain}}")
                .max(10)
                .thresholds("green", 8, "orange", 10.5, "red")
                .size(12, 8));
  }

  private static Panel verdict(String title, String verdict, String color, String description) {
    return Panel.stat(title, description)
        .query("sum(maildrift_domain_verdict{%s,verdict=\"%s\"})".formatted(BY, verdict) + OR_NONE)
        .thresholds(Panel.QUIET, 1, color)
        .loud()
        .size(6, 4);
  }

  private static String worst(String severity) {
    return "sum by (domain, tenant) (maildrift_findings{%s,severity=\"%s\"}) and on (domain, tenant) (topk(25, sum by (domain, tenant) (maildrift_findings{%s,severity=\"critical\"} * 1000 or maildrift_findings{%s,severity=\"warning\"})) > 0)"
        .formatted(BY, severity, BY, BY);
  }
}
