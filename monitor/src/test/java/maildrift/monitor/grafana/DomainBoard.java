package maildrift.monitor.grafana;

/** One domain: what it was when, and how it stands with SPF, DKIM, DMARC, MX and TLS. */
final class DomainBoard {
  private static final String BY = "instance=~\"$instance\",domain=\"$domain\"";
  private static final String OF = "{" + BY + "}";

  /** Mail hosts are shared by domains, and so are their series: those of this one. */
  private static final String OF_ITS_HOSTS =
      " and on (job, instance, host, port) maildrift_domain_host_info" + OF;

  private DomainBoard() {}

  static Board board() {
    return new Board(
            "maildrift-domain",
            "Domain",
            "One domain: verdicts, changes, SPF, DKIM, DMARC, MX, TLS")
        .instances()
        .many("tenant", "Tenant", "maildrift_domain_verdict{instance=~\"$instance\"}", "tenant")
        .one(
            "domain",
            "Domain",
            "maildrift_domain_verdict{instance=~\"$instance\",tenant=~\"$tenant\"}",
            "domain")
        .changes(BY, "{{record}}", "The watched record of {{domain}} changed.")
        .row("$domain")
        .panel(
            Panel.stat("Verdict", "Of the last look.")
                .query(verdict())
                .map(0, "pass", "green")
                .map(1, "unknown", "purple")
                .map(2, "warn", "orange")
                .map(3, "fail", "red")
                .loud()
                .size(4, 4)
                .link("maildrift's page", Panel.MAILDRIFT + "/domains/${domain}")
                .runbook("MaildriftDomainFails"))
        .panel(findings("critical", "red"))
        .panel(findings("warning", "orange"))
        .panel(
            Panel.stat(
                    "DMARC",
                    "The policy in effect, of the domain or of the one above it: none asks for nothing.")
                .query("max by (policy) (maildrift_dmarc_policy" + OF + " == 1)", "{{policy}}")
                .noValue("none known")
                .saysNames())
        .panel(
            Panel.stat("SPF headroom", "DNS lookups that are left of the ten that SPF allows.")
                .query("10 - max(maildrift_spf_lookups" + OF + ")")
                .thresholds("red", 0, "orange", 3, "green"))
        .panel(
            Panel.stat("MX set", "Whether it is one that the inbound profile prescribes.")
                .query("min(maildrift_mx_matches_profile" + OF + ")")
                .map(0, "other", "red")
                .map(1, "as prescribed", "green")
                .noValue("no profile"))
        .panel(
            Panel.stat("DKIM keys", "Bits of each selector's key; RSA keys want 2048.")
                .query("min by (selector) (maildrift_dkim_key_bits" + OF + ")", "{{selector}}")
                .unit("none")
                .noValue("none known")
                .saysBoth()
                .size(5, 4))
        .row("Over time")
        .panel(
            Panel.timeline("Verdicts", "Marks are changes of watched records.")
                .query(verdict(), "verdict")
                .map(0, "pass", "green")
                .map(1, "unknown", "purple")
                .map(2, "warn", "orange")
                .map(3, "fail", "red")
                .size(24, 4))
        .panel(
            Panel.timeline("Violated rules", "When which rule was violated.")
                .query(Panel.severity("rule", "maildrift_rule_violated", BY + ","), "{{rule}}")
                .map(1, "info", "blue")
                .map(2, "warning", "orange")
                .map(3, "critical", "red")
                .size(24, 8))
        .panel(
            Panel.timeline(
                    "Probes that saw everything",
                    "Where a probe left something unseen, its findings stand as they were.")
                .query("min by (probe) (maildrift_probe_observed" + OF + ")", "{{probe}}")
                .map(0, "not all seen", "purple")
                .map(1, "seen", "green")
                .noValue("Nothing unseen that metrics tell of (metrics.detail: sparse)")
                .runbook("MaildriftDomainUnobserved")
                .size(24, 13))
        .row("Findings and changes")
        .panel(
            Panel.table("Violated now", "Rules and what they are about.")
                .query(Panel.severity("rule, subject", "maildrift_rule_violated", BY + ","))
                .columns("Value", "rule", "subject")
                .worstFirst()
                .columnLink("rule", "What the rule says", Panel.MAILDRIFT + "/rules/${__value.raw}")
                .size(14, 9))
        .panel(
            Panel.table("Records", "When they were last seen to change.")
                .query(
                    "max by (record) (maildrift_record_changed_timestamp_seconds" + OF + ") * 1000")
                .columns("record", "Value")
                .column("Value", "changed", "dateTimeFromNow")
                .sorted("changed", true)
                .link("maildrift's page", Panel.MAILDRIFT + "/domains/${domain}")
                .size(10, 9))
        .row("SPF")
        .panel(
            Panel.lines(
                    "SPF lookups",
                    "Ten at most; one more, and receivers treat the policy as an error (RFC 7208 section 4.6.4).")
                .query("max(maildrift_spf_lookups" + OF + ")", "lookups")
                .query("max(maildrift_spf_void_lookups" + OF + ")", "void lookups")
                .limit(10)
                .max(12))
        .panel(
            Panel.lines("SPF networks", "That the record authorises, after aggregation.")
                .query("max(maildrift_spf_netblocks" + OF + ")", "networks")
                .noValue("No SPF record seen, or metrics.detail is sparse"))
        .row("TLS of its mail hosts")
        .panel(
            Panel.timeline("TLS level", "What the host reaches, the worst of its addresses.")
                .query(
                    "min by (host, port) (maildrift_tls_level" + OF_ITS_HOSTS + ")",
                    "{{host}}:{{port}}")
                .map(0, "none", "red")
                .map(1, "may", "red")
                .map(2, "encrypt", "orange")
                .map(3, "verify", "green")
                .map(4, "secure", "green")
                .map(5, "fingerprint", "green")
                .noValue("No host reached, or metrics.detail is sparse")
                .size(12, 7))
        .panel(
            Panel.table("Certificates", "When they end, and whether the CN is the host's.")
                .query(
                    "min by (host, port) ((maildrift_tls_certificate_not_after_timestamp_seconds%s) - time())"
                        .formatted(OF_ITS_HOSTS))
                .query(
                    "min by (host, port) (maildrift_tls_certificate_cn_match" + OF_ITS_HOSTS + ")")
                .columns("host", "port", "Value #A", "Value #B")
                .column(
                    "Value #A",
                    "ends in",
                    "s",
                    -1e12,
                    "red",
                    259_200,
                    "orange",
                    1_209_600,
                    "yellow",
                    2_592_000,
                    "green")
                .column("Value #B", "CN matches", Panel.COUNT)
                .words("CN matches", 0, "no", "text", 1, "yes", "green")
                .sorted("ends in", false)
                .noValue("No host reached, or metrics.detail is sparse")
                .runbook("MaildriftCertificateEnds")
                .size(12, 7));
  }

  private static Panel findings(String severity, String color) {
    return Panel.stat(
            severity.equals("critical") ? "Critical" : "Warnings",
            "Findings of severity %s that count (not waived).".formatted(severity))
        .query(
            "max(maildrift_findings{%1$s,severity=\"%2$s\"}) or max(maildrift_domain_verdict{%1$s}) * 0"
                .formatted(BY, severity))
        .thresholds("green", 1, color);
  }

  /** As a number, the worst highest. With lean metrics there is only the present one. */
  private static String verdict() {
    return "max(maildrift_domain_verdict{%1$s,verdict=\"fail\"} == 1) * 3 or max(maildrift_domain_verdict{%1$s,verdict=\"warn\"} == 1) * 2 or max(maildrift_domain_verdict{%1$s,verdict=\"unknown\"} == 1) or max(maildrift_domain_verdict{%1$s,verdict=\"pass\"} == 1) * 0"
        .formatted(BY);
  }
}
