package maildrift.monitor.grafana;

/** What providers publish against what gateways accept. */
final class NetblocksBoard {
  private static final String HERE = "instance=~\"$instance\"";
  private static final String BY = HERE + ",source=~\"$source\",allowlist=~\"$allowlist\"";

  private NetblocksBoard() {}

  static Board board() {
    return new Board(
            "maildrift-netblocks",
            "Netblock drift",
            "Networks of providers against the allowlists of gateways")
        .instances()
        .many("source", "Provider's name", "maildrift_netblock_drift{" + HERE + "}", "source")
        .many(
            "allowlist",
            "Allowlist",
            "maildrift_netblock_drift{" + HERE + ",source=~\"$source\"}",
            "allowlist")
        .changes(
            HERE + ",record=~\".*SPF.*\"", "{{record}}", "An SPF record of {{domain}} changed.")
        .row("Now")
        .panel(
            kind(
                "missing",
                "red",
                "Published by the provider, refused by the gateway: mail is lost."))
        .panel(
            kind(
                "stale",
                "orange",
                "Accepted by the gateway, published no more: whoever gets the address may send."))
        .panel(kind("wider", "blue", "Entries that cover more than is published."))
        .panel(
            Panel.stat("Domains hit", "Domains with a finding about networks, infos left out.")
                .query(
                    "count(count by (domain) (maildrift_rule_violated{%1$s,rule=~\"netblocks[.].*\",severity!=\"info\"})) or sum(maildrift_domain_verdict{%1$s}) * 0"
                        .formatted(HERE))
                .thresholds("green", 1, "orange")
                .size(6, 4))
        .row("Provider against gateways")
        .panel(
            Panel.table("Drift", "Number of networks; the list to paste is on maildrift's page.")
                .query(drift("missing"))
                .query(drift("stale"))
                .query(drift("wider"))
                .columns("source", "allowlist", "Value #A", "Value #B", "Value #C")
                .column("Value #A", "missing", Panel.COUNT, 1, "red")
                .column("Value #B", "stale", Panel.COUNT, 1, "orange")
                .column("Value #C", "wider", Panel.COUNT, 1, "blue")
                .sorted("missing", true)
                .columnLink("source", "Networks to paste", Panel.MAILDRIFT + "/drift")
                .link("Networks to paste", Panel.MAILDRIFT + "/drift")
                .runbook("MaildriftNetblocksMissing")
                .size(14, 8))
        .panel(
            Panel.bars("Domains by rule", "How many domains have which finding about networks.")
                .query(
                    "count by (rule) (count by (rule, domain) (maildrift_rule_violated{%s,rule=~\"netblocks[.].*\"}))"
                        .formatted(HERE),
                    "{{rule}}")
                .color("orange")
                .size(10, 8))
        .row("Over time")
        .panel(overTime("Missing over time", "missing"))
        .panel(overTime("Stale over time", "stale"))
        .panel(
            Panel.table("Domains", "Which domains have findings about networks; 200 at most.")
                .query(
                    "topk(200, "
                        + Panel.severity(
                            "domain, tenant, rule, subject",
                            "maildrift_rule_violated",
                            HERE + ",rule=~\"netblocks[.].*\",")
                        + ")")
                .columns("Value", "rule", "domain", "subject", "tenant")
                .worstFirst()
                .columnLink("rule", "What the rule says", Panel.MAILDRIFT + "/rules/${__value.raw}")
                .columnLink("domain", "The domain's dashboard", Panel.DOMAIN)
                .size(24, 8));
  }

  private static Panel kind(String kind, String color, String description) {
    return Panel.stat(
            kind.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + kind.substring(1),
            description)
        .query("sum(maildrift_netblock_drift{%s,kind=\"%s\"})".formatted(BY, kind))
        .thresholds("green", 1, color)
        .size(6, 4);
  }

  private static String drift(String kind) {
    return "max by (source, allowlist) (maildrift_netblock_drift{%s,kind=\"%s\"})"
        .formatted(BY, kind);
  }

  private static Panel overTime(String title, String kind) {
    return Panel.lines(title, "Networks, by the provider's name and the gateway's list.")
        .query("sum(maildrift_netblock_drift{%s,kind=\"%s\"})".formatted(BY, kind), "all")
        .query(drift(kind) + " > 0", "{{source}} / {{allowlist}}")
        .paint("all", "text")
        .link("Networks to paste", Panel.MAILDRIFT + "/drift");
  }
}
