package maildrift.monitor.wiring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.notify.Receiver;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.alertmanager.AlertmanagerReceiver;
import maildrift.alerts.notify.http.Request;
import maildrift.alerts.notify.mail.MailReceiver;
import maildrift.alerts.notify.webhook.WebhookReceiver;
import maildrift.alerts.outbox.Notifier;
import maildrift.monitor.config.ReceiverConfig;

/** From the configuration's receivers to those that send. */
public final class Receivers {
  private Receivers() {}

  /** All of them, ready to be told. */
  public static Map<String, Notifier> open(Map<String, ReceiverConfig> config, Tools tools) {
    var notifiers = new LinkedHashMap<String, Notifier>();
    config.forEach((name, receiver) -> notifiers.put(name, of(receiver).open(tools)));
    return notifiers;
  }

  private static Receiver of(ReceiverConfig config) {
    return switch (config) {
      case ReceiverConfig.Webhook hook ->
          new WebhookReceiver(
              hook.url(),
              secrets(hook.secret()),
              hook.allowPrivate(),
              Request.DEADLINE,
              hook.sendResolved());
      case ReceiverConfig.Alertmanager am ->
          new AlertmanagerReceiver(
              List.of(am.url()),
              am.username()
                  .flatMap(
                      user ->
                          am.password()
                              .map(
                                  secret ->
                                      new AlertmanagerReceiver.BasicAuth(
                                          user, Secret.of(secret.reveal())))),
              AlertmanagerReceiver.RESEND,
              am.allowPrivate(),
              Request.DEADLINE,
              am.sendResolved());
      case ReceiverConfig.Mail mail ->
          new MailReceiver(
              mail.to(),
              mail.from(),
              new MailReceiver.Server(mail.smtp().host(), mail.smtp().port()),
              switch (mail.starttls()) {
                case REQUIRED -> MailReceiver.StartTls.REQUIRED;
                case OPTIONAL -> MailReceiver.StartTls.OPTIONAL;
                case NONE -> MailReceiver.StartTls.NONE;
              },
              mail.username()
                  .flatMap(
                      user ->
                          mail.password()
                              .map(
                                  secret ->
                                      new MailReceiver.Login(user, Secret.of(secret.reveal())))),
              mail.allowPrivate(),
              Request.DEADLINE,
              mail.sendResolved());
    };
  }

  private static List<Secret> secrets(Optional<maildrift.monitor.config.Secret> secret) {
    return secret.map(own -> Secret.of(own.reveal())).stream().toList();
  }
}
