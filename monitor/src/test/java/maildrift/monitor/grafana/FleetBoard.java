package maildrift.monitor.grafana;

/**
 * All domains at a glance: how many are well, which are worst, what is not known, what is coming.
 */
final class FleetBoard {
  private static final String OF = "{domain=~\"$domain\",tenant=~\"$tenant\"}";
  private static final String BY = "domain=~\"$domain\",tenant=~\"$tenant\"";
  private static final String DOMAIN =
      "/d/maildrift-domain?var-domain=${__value.raw}&var-datasource=${datasource}";
  private static final int WEEK = 7 * 86_400;

  private FleetBoard() {}

  static Board board() {
    return new Board(
            "maildrift-fleet",
            "Fleet",
            "All managed domains: verdicts, the worst, the unseen, what changed and what is due")
        .many("tenant", "Tenant", "maildrift_domain_verdict", "tenant")
        .many("domain", "Domain", "maildrift_domain_verdict{tenant=~\"$tenant\"}", "domain")
        .marks(
            "Changes",
            "maildrift_record_changed_timestamp_seconds" + OF + " * 1000",
            "{{domain}}: {{record}}",
            "The watched record changed.")
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
            Panel.stat("Managed domains", "Domains that maildrift looks at.")
                .query("sum(maildrift_domains)"))
        .panel(
            Panel.stat("Alerts firing", "Alerts of maildrift that fire now, whether told or not.")
                .query("sum(maildrift_alerts{state=\"firing\"})"))
        .panel(
            Panel.stat("Changed this week", "Watched records that changed within seven days.")
                .query(
                    "count(maildrift_record_changed_timestamp_seconds%s > time() - %d) or vector(0)"
                        .formatted(OF, WEEK)))
        .panel(
            Panel.stat(
                    "Certificates to renew",
                    "Mail hosts whose certificate ends within 30 days, or has ended.")
                .query(
                    "count(maildrift_tls_certificate_not_after_timestamp_seconds - time() < 30 * 86400) or vector(0)")
                .thresholds("text", 1, "orange"))
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
            Panel.lines("Findings over time", "Findings that count (not waived), by severity.")
                .query("sum by (severity) (maildrift_findings" + OF + ")", "{{severity}}")
                .paint("critical", "red")
                .paint("warning", "orange")
                .paint("info", "blue"))
        .panel(
            Panel.table("Worst domains", "The 25 with the most critical findings, then warnings.")
                .query(worst("critical"))
                .query(worst("warning"))
                .columns("domain", "tenant", "Value #A", "Value #B")
                .column("Value #A", "critical", "short", 1, "red")
                .column("Value #B", "warning", "short", 1, "orange")
                .sorted("critical", true)
                .columnLink("domain", "The domain's dashboard", DOMAIN)
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
            Panel.table("Violated rules", "What is wrong now, critical first.")
                .query(
                    Panel.severity(
                        "domain, tenant, rule, subject", "maildrift_rule_violated", BY + ","))
                .columns("Value", "rule", "domain", "subject", "tenant")
                .worstFirst()
                .columnLink("rule", "What the rule says", Panel.MAILDRIFT + "/rules/${__value.raw}")
                .columnLink("domain", "The domain's dashboard", DOMAIN)
                .runbook("MaildriftDomainFails")
                .size(24, 9))
        .row("Unknown and stale")
        .panel(
            Panel.lines(
                    "Not observed",
                    "Domains of which a probe's last look left something unseen. What was found before stands.")
                .query("sum by (probe) (1 - maildrift_probe_observed" + OF + ") > 0", "{{probe}}")
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
                .columnLink("domain", "The domain's dashboard", DOMAIN)
                .runbook("MaildriftDomainUnobserved"))
        .row("Drift this week")
        .panel(
            Panel.lines(
                    "Records that changed within seven days",
                    "A wave here is one change at a provider, or one at your own zones.")
                .query(
                    "count by (record) (maildrift_record_changed_timestamp_seconds%s > time() - %d)"
                        .formatted(OF, WEEK),
                    "{{record}}"))
        .panel(
            Panel.table("Changed last", "Watched records, the newest change first.")
                .query(
                    "topk(25, max by (domain, record) (maildrift_record_changed_timestamp_seconds%s)) * 1000"
                        .formatted(OF))
                .columns("domain", "record", "Value")
                .column("Value", "changed", "dateTimeFromNow")
                .sorted("changed", true)
                .columnLink("domain", "The domain's dashboard", DOMAIN))
        .row("Certificates")
        .panel(
            Panel.table("Certificates that end first", "Of mail hosts, the 25 that end first.")
                .query(
                    "bottomk(25, min by (host, port) (maildrift_tls_certificate_not_after_timestamp_seconds - time()))")
                .columns("host", "port", "Value")
                .column(
                    "Value", "ends in", "s", -1e12, "red", 259_200, "orange", 1_209_600, "green")
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
        .query(
            "sum(maildrift_domain_verdict{%s,verdict=\"%s\"}) or vector(0)".formatted(BY, verdict))
        .color(color)
        .loud();
  }

  private static String worst(String severity) {
    return "sum by (domain, tenant) (maildrift_findings{%s,severity=\"%s\"}) and on (domain, tenant) (topk(25, sum by (domain, tenant) (maildrift_findings{%s,severity=\"critical\"} * 1000 or maildrift_findings{%s,severity=\"warning\"})) > 0)"
        .formatted(BY, severity, BY, BY);
  }
}
