package maildrift.alerts.notify;

import java.util.List;
import maildrift.alerts.notify.alertmanager.AlertmanagerReceiver;
import maildrift.alerts.notify.mail.MailReceiver;
import maildrift.alerts.notify.ntfy.NtfyReceiver;
import maildrift.alerts.notify.pagerduty.PagerDutyReceiver;
import maildrift.alerts.notify.slack.SlackReceiver;
import maildrift.alerts.notify.teams.TeamsReceiver;
import maildrift.alerts.notify.template.TemplateReceiver;
import maildrift.alerts.notify.webhook.WebhookReceiver;

/** All kinds of receivers. A new one is its package, its test, and its line here. */
public final class ReceiverCatalog {
  public static final List<ReceiverKind> ALL =
      List.of(
          WebhookReceiver.KIND,
          AlertmanagerReceiver.KIND,
          MailReceiver.KIND,
          SlackReceiver.KIND,
          TeamsReceiver.KIND,
          PagerDutyReceiver.KIND,
          NtfyReceiver.KIND,
          TemplateReceiver.KIND);

  private ReceiverCatalog() {}
}
