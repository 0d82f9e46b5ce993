package maildrift.monitor.lab;

import java.time.Duration;
import java.util.stream.Collectors;

/** Configurations of the daemon for this laboratory: minutes become seconds, all else is real. */
final class Configurations {
  static final Duration UNOBSERVABLE_AFTER = Duration.ofSeconds(4);

  /** Where verdicts that are unknown must stay so. */
  static final Duration NEVER = Duration.ofHours(1);

  /** One more domain: a mail host whose name is an attack. */
  static final String HOSTILE =
      """
        - name: hostile.tld
      """;

  private Configurations() {}

  /** All domains of the laboratory, told to a webhook and Alertmanager. */
  static String daemon(
      Lab lab, Hook hook, Alertmanager alertmanager, int httpPort, Duration unobservableAfter) {
    return """
        http: {listen: "127.0.0.1:%d"}
        store: {url: "jdbc:h2:file:./data/maildrift"}
        schedule: {interval: 1s, confirm_after: 500ms, confirmations: 2, unobservable_after: %ds}
        alerts:
          group_by: [cause]
          group_wait: 1s
          group_interval: 1s
          receivers:
            oncall: {webhook: {url: "http://127.0.0.1:%d/"}}
            am: {alertmanager: {url: "http://%s"}}
          routes:
            - {match: {}, receivers: [oncall, am]}
        """
            .formatted(
                httpPort, unobservableAfter.toSeconds(), hook.port(), alertmanager.hostAndPort())
        + looking(lab);
  }

  /** All domains without their mail hosts, told to a webhook alone. */
  static String withoutMail(Lab lab, Hook hook, int httpPort) {
    return """
    http: {listen: "127.0.0.1:%d"}
    store: {url: "jdbc:h2:file:./data/maildrift"}
    schedule: {interval: 1s, confirm_after: 500ms, confirmations: 2, unobservable_after: 1h}
    alerts:
      group_by: [cause]
      group_wait: 200ms
      group_interval: 1s
      receivers:
        oncall: {webhook: {url: "http://127.0.0.1:%d/"}}
      routes:
        - {match: {}, receivers: [oncall]}
    """
            .formatted(httpPort, hook.port())
        + looking(lab).replace("tls_level: verify", "skip: [tls]");
  }

  /** The part that {@code maildrift check} needs. */
  static String looking(Lab lab) {
    return """
    dns:
      resolvers: ["%1$s"]
      authoritative: {tld: ["%2$s"], mimecast.com: ["%2$s"], lab.test: ["%2$s"]}
      timeout: 1s
    smtp: {port: %3$d, helo: monitor.example.net, allow_private: true, timeout: 5s}
    allowlists:
      mimecast-de:
        networks: [%4$s]
    tenants:
      contoso: {name: Contoso AG}
      fabrikam: {name: Fabrikam GmbH}
    domains:
      - name: contoso.tld
        tenant: contoso
        profiles: [{name: mimecast, region: de, role: inbound}]
        forwarding_server: "[de-smtp-inbound-1.mimecast.com]"
        smarthost: "[de-smtp-outbound-1.mimecast.com]"
        allowed_sending_servers: mimecast-de
        tls_level: verify
        dkim: [{selector: default}]
      - name: fabrikam.tld
        tenant: fabrikam
        profiles: [{name: mimecast, region: de, role: inbound}]
        allowed_sending_servers: mimecast-de
        tls_level: verify
        dkim: [{selector: default}]
      - name: woodgrove.tld
        tls_level: verify
        dkim: [{selector: default}]
      - name: lab.test
        tls_level: verify
        dkim: [{selector: default}]
    """
        .formatted(
            lab.unbound.hostAndPort(),
            lab.nsd.hostAndPort(),
            lab.smtpPort,
            Lab.DOCUMENTED.stream().collect(Collectors.joining(", ")));
  }
}
