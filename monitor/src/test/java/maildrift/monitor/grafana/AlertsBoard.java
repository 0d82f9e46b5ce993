package maildrift.monitor.grafana;

/** Whether who should hear does hear: alerts, what holds them back, receivers, heartbeats. */
final class AlertsBoard {
  private static final String BY = "instance=~\"$instance\"";
  private static final String HERE = "{" + BY + "}";
  private static final String OF = "{" + BY + ",receiver=~\"$receiver\"}";

  /** None, and nothing at all where maildrift is away. */
  private static final String OR_NONE = " or sum(maildrift_build_info" + HERE + ") * 0";

  private AlertsBoard() {}

  static Board board() {
    return new Board(
            "maildrift-alerts",
            "Alerts and delivery",
            "What fires, what is held back, what receivers are owed")
        .instances()
        .many("receiver", "Receiver", "maildrift_notifications_pending" + HERE, "receiver")
        .row("Alerts")
        .panel(firing("Critical", "critical", "red"))
        .panel(firing("Warning", "warning", "orange"))
        .panel(firing("Info", "info", "blue"))
        .panel(
            Panel.stat("Pending", "Seen, and not yet confirmed.")
                .query("sum(maildrift_alerts{state=\"pending\"," + BY + "})" + OR_NONE))
        .panel(
            Panel.stat(
                    "Held back",
                    "Firing and not told: silenced, inhibited, in maintenance, out of hours.")
                .query("sum(maildrift_alerts_muted" + HERE + ")")
                .link("Alerts", Panel.MAILDRIFT + "/alerts"))
        .panel(
            Panel.stat("Taken", "Firing, and somebody has acknowledged it.")
                .query("sum(maildrift_alerts_acknowledged" + HERE + ")"))
        .panel(
            Panel.stat("Maintenance", "Windows that are on.")
                .query("sum(maildrift_maintenance_windows{state=\"on\"," + BY + "})"))
        .panel(
            Panel.stat("Owed", "Notifications that are not delivered yet.")
                .query("sum(maildrift_notifications_pending" + OF + ")")
                .thresholds("green", 1, "orange"))
        .panel(
            Panel.lines("Alerts over time", "By severity, those that fire.")
                .query(
                    "sum by (severity) (maildrift_alerts{state=\"firing\"," + BY + "})",
                    "{{severity}}")
                .stacked()
                .paint("critical", "red")
                .paint("warning", "orange")
                .paint("info", "blue")
                .link("Alerts", Panel.MAILDRIFT + "/alerts"))
        .panel(
            Panel.lines("Held back by", "Firing alerts that are not told, and why.")
                .query("sum by (by) (maildrift_alerts_muted" + HERE + ")", "{{by}}")
                .link("Silences", Panel.MAILDRIFT + "/silences"))
        .row("Whom it tells")
        .panel(
            Panel.table("Receivers", "How each is now.")
                .query("max by (receiver) (maildrift_notifications_pending" + OF + ")")
                .query(
                    "max by (receiver) (time() - maildrift_notification_oldest_pending_timestamp_seconds%s > 0 or maildrift_notifications_pending%s * 0)"
                        .formatted(OF, OF))
                .query("max by (receiver) (maildrift_notifications_given_up" + OF + ")")
                .query("max by (receiver) (maildrift_receiver_disabled" + OF + ")")
                .query(
                    "max by (receiver) (maildrift_notification_last_success_timestamp_seconds%s > 0) * 1000"
                        .formatted(OF))
                .columns("receiver", "Value #A", "Value #B", "Value #C", "Value #D", "Value #E")
                .column("Value #A", "owed", Panel.COUNT, 1, "orange")
                .column("Value #B", "oldest waits for", "s", 900, "orange", 1800, "red")
                .column("Value #C", "given up", Panel.COUNT, 1, "red")
                .column("Value #D", "gone (410)", Panel.COUNT, 1, "red")
                .column("Value #E", "last one arrived", "dateTimeFromNow")
                .sorted("oldest waits for", true)
                .runbook("MaildriftNotificationsWaiting")
                .runbook("MaildriftTellsNobody")
                .size(24, 5))
        .panel(
            Panel.lines("Attempts", "To deliver a notification, each second.")
                .query(
                    "sum by (receiver) (rate(maildrift_notifications_total%s[$__rate_interval]))"
                        .formatted(OF),
                    "{{receiver}}")
                .legendBeside()
                .unit("ops")
                .smooth())
        .panel(
            Panel.lines("Failures", "Attempts that failed, each second, by reason.")
                .query(
                    "sum by (reason) (rate(maildrift_notifications_failed_total%s[$__rate_interval]))"
                        .formatted(OF),
                    "{{reason}}")
                .legendBeside()
                .unit("ops")
                .smooth())
        .panel(
            Panel.lines("Owed over time", "Notifications that are not delivered yet.")
                .query(
                    "sum by (receiver) (maildrift_notifications_pending" + OF + ")", "{{receiver}}")
                .legendBeside()
                .runbook("MaildriftNotificationsWaiting"))
        .panel(
            Panel.lines(
                    "The oldest waits for",
                    "Since the oldest notification was owed; 0 while nothing is.")
                .query(
                    "max by (receiver) (time() - maildrift_notification_oldest_pending_timestamp_seconds%s > 0 or maildrift_notifications_pending%s * 0)"
                        .formatted(OF, OF),
                    "{{receiver}}")
                .legendBeside()
                .unit("s")
                .limit(1800)
                .smooth())
        .row("That maildrift lives")
        .panel(
            Panel.table(
                    "Heartbeats", "When a dead-man's switch was last told that maildrift lives.")
                .query(
                    "max by (heartbeat) (maildrift_heartbeat_last_success_timestamp_seconds%1$s > 0 or maildrift_heartbeat_interval_seconds%1$s * 0) * 1000"
                        .formatted(HERE))
                .columns("heartbeat", "Value")
                .column("Value", "last", "dateTimeFromNow")
                .words("last", 0, "never", "red")
                .runbook("MaildriftHeartbeatFailing")
                .size(8, 7))
        .panel(
            Panel.table(
                    "Alerts of Prometheus",
                    "About maildrift, of deploy/prometheus. The Watchdog always fires.")
                .query(
                    Panel.severity(
                        "alertname, alertstate", "ALERTS", "alertname=~\"Maildrift.*|Watchdog\","))
                .columns("Value", "alertname", "alertstate")
                .worstFirst()
                .columnLink("alertname", "Runbook", Panel.MAILDRIFT + "/runbooks/${__value.raw}")
                .size(16, 7));
  }

  private static Panel firing(String title, String severity, String color) {
    return Panel.stat(title, "Firing alerts of severity " + severity + ", told or not.")
        .query(
            "sum(maildrift_alerts{state=\"firing\",severity=\"%s\",%s})".formatted(severity, BY)
                + OR_NONE)
        .thresholds("green", 1, color)
        .link("Alerts", Panel.MAILDRIFT + "/alerts");
  }
}
