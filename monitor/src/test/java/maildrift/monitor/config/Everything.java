package maildrift.monitor.config;

import java.nio.file.Path;

/** A configuration that uses every key there is, and the files it names. */
final class Everything {
  private Everything() {}

  static final String YAML =
      """
      include: [domains.d/*.yaml, tenants.yml]
      dns:
        resolvers: [127.0.0.1:53, "[2001:db8::53]:5353", localhost]
        confirm_with: [9.9.9.9, 149.112.112.112]
        authoritative: {lab.test: [127.0.0.10:5353]}
        queries_per_second: 500
        timeout: 1s500ms
        trust_anchor_file: trust-anchors.txt
        trusted_resolver: "[2001:db8::53]:5353"
        control_names: [example.net, example.org]
      smtp:
        port: 2525
        helo: monitor.example.net
        allow_private: true
        timeout: 20s
        active_probes: [postmaster, plaintext]
        old_tls: false
      https: {port: 8443, allow_private: true, timeout: 30s}
      rbl:
        lists:
          - {zone: bl.example.net, listed: [127.0.0.2-127.0.0.11, 127.0.1.2], severity: critical}
          - {zone: "${env:LISTED}", name: dbl, kind: domain}
      feeds:
        m365-endpoints: {enabled: true, url: "http://lists.example.net/m365", instance: USGovDoD, refresh: 2h, allow_private: true}
      discovery:
        inventory: {files: [lists/*.json, lists/more.yml], refresh_interval: 10m, allow_empty: true}
        cmdb: {url: "http://cmdb.example.net/domains", refresh_interval: 30s, allow_private: true, bearer_token_file: ci.token}
        other: {url_file: chat.url, username: md, password: "${env:AM}"}
      http:
        listen: 0.0.0.0:8425
        web_config_file: web.yml
        operators: [alice]
        tokens: [{name: ci, token_file: ci.token, role: operator}, {name: look, token: "${env:LOOK}", tenants: [contoso]}]
        users: {bob: {tenants: [contoso]}}
        external_url: https://maildrift.example.net/
        probe_any_target: true
      store:
        url: jdbc:postgresql://db.example.net/maildrift
        username: maildrift
        password_file: db.password
        keep: 1y
        standby: true
        backup: {enabled: false, directory: copies, cron: "0 30 2 * * ?", time_zone: Europe/Berlin, keep: 14}
      schedule:
        interval: 1m30s
        confirm_after: 10s
        confirmations: 3
        unobservable_after: 2h
      metrics: {detail: lean, max_series: 100000}
      baseline: manual
      severities: {spf.lookups: critical}
      allowlists:
        contoso-gateway:
          networks: [51.163.158.0/24, 194.104.109.0/24, "2001:db8::/32"]
          double_run: 14d
        from-file: {file: lists/gateway-a.txt}
        from-url: {url: "https://lists.example.net/a.txt", refresh: 10m, allow_private: true}
        nobody: {networks: []}
      profiles:
        house-gateway: { mx: [{host: mx.example.net, preference: 10}] }
      gateways:
        gw1:
          host: secure.example.net
          addresses: [192.0.2.10, "2001:db8::10"]
          port: 25
          connector_name: "*.example.net"
          banner: secure.example.net
          helo: secure.example.net
          pins: ["sha256:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89"]
          requires_tls: true
          relay_networks: [192.0.2.0/24]
          builtin_mta: true
          reject_spoofed_senders: true
          welcomelist: [192.0.2.0/24, 198.51.100.0/24]
          managed_domains: [contoso.tld]
          only_reachable_from: [microsoft365, _spf.example.net, 203.0.113.0/24]
        gw2: {host: gw2.example.net, managed_domains_file: lists/managed.txt}
      domains:
        - name: contoso.tld
          tenant: contoso
          profiles: [{name: mimecast, region: de, role: inbound}, {name: seppmail, gateway: gw1, role: gateway}]
          forwarding_server: "[de-smtp-inbound-1.mimecast.com]"
          smarthost: ["[de-smtp-outbound-1.mimecast.com]", "[de-smtp-outbound-2.mimecast.com]:587"]
          allowed_sending_servers: contoso-gateway
          tls_level: secure
          skip: [tls]
          dkim:
            - {selector: default, expect_file: contoso.pub}
            - {selector: 2024, expect: "v=DKIM1; k=ed25519; p=Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="}
            - {selector: selector1, cname: "selector1-contoso-tld._domainkey.*.onmicrosoft.com"}
          expect: {dmarc: {policy: quarantine}}
          waive: [{rule: spf.all-qualifier, until: 2027-01-31, reason: "provider prescribes ?all"}]
          severities: {mx.missing: warning}
          mode: parallel
          header_check: true
          exchange_online: false
          disable_delivery: false
          tls_levels: {mx: verify, gateway: secure, forwarding: fingerprint, smarthost: secure}
          pins: {de-smtp-inbound-1.mimecast.com: ["%s"]}
          delivery_routes: ["mail.contoso.tld:25", "[192.0.2.26]"]
          outbound_addresses: [192.0.2.25, 198.51.100.32/29]
          connectors:
            - {name: "[SEPPmail] ExchangeOnline -> Appliance", direction: to_partner, enabled: true, smart_hosts: [secure.example.net], requires_tls: true, trusted_ca: true, certificate_name: secure.example.net}
            - {name: "[SEPPMAIL] APPLIANCE -> EXCHANGEONLINE", direction: from_partner, sender_domains: [contoso.tld], requires_tls: true, certificate_name: "*.example.net"}
          client_hosts: [posteingang.contoso.tld]
        - {name: plain.test, profiles: ["mail-connect:variant=pro", house-gateway], allowed_sending_servers: from-url}
        - bare.test
      migrations:
        - {domains: [contoso.tld], start: 2026-12-01T20:00:00Z, window: 48h, from: {name: mimecast, region: de, role: inbound}, to: {name: seppmail, gateway: gw1, role: inbound}, mailboxes: move, checklist: seppmail-inline, reason: parallel to inline}
        - {domains: plain.test, start: "2027-01-01T20:00:00+01:00", from: "mail-connect:variant=pro", to: microsoft365}
      checklists:
        house-move:
          title: Move to the house gateway
          about: For every domain that moves.
          for: {profiles: [house-gateway], shared_gateway: false}
          steps:
            - id: mx
              title: The MX leads here
              why: Mail goes past the gateway otherwise.
              how: "Publish {mx_records}"
              see:
                rules: [mx.missing, {rule: tls.level, of: smarthost}, {rule: dkim.weak-key, subject: "{gateway_selector}._domainkey.{domain}"}]
                from: warning
                facts: [{probe: spf, fact: lookups, at_most: 10, at_least: 1}, {probe: spf, fact: all, is: [fail, softfail]}]
                declared: [{setting: mode, is: inline, paste: "mode: inline"}, {setting: connectors, has: [to_partner]}, {setting: smarthost, empty: true}, {setting: forwarding_server, among: forwarding}]
              when: {mode: inline, variant: pro, profile: [mimecast], without_profile: mail-connect, phase: [window, after]}
              person: true
              statements: ["1.17"]
      maintenance:
        - {domains: [contoso.tld], from: 2026-12-01T20:00:00Z, for: 72h, reason: migration to inline}
        - {tenants: [contoso], matchers: ['alertname=~"tls[.].*"'], from: 2026-12-05T20:00:00Z, for: 2h}
      alerts:
        group_by: [cause]
        group_wait: 30s
        group_interval: 5m
        repeat_interval: 12h
        policy:
          critical: {confirmations: 2, confirm_after: 20s}
          warning: {confirmations: 3, for: 10m, keep_firing_for: 15m}
          info: {alert: true}
          rules: {spf.lookups: {confirmations: 4, alert: false}}
        receivers:
          oncall: {webhook: {url: "https://hooks.example.net/x", secret_file: hook.key, secrets: ["${env:HOOK}"], secret_files: [hook.key], headers: {X-Team: mail}, header_files: {Authorization: ci.token}, ca_file: authority.pem, timeout: 10s, send_resolved: false}}
          chat: {webhook: {url_file: chat.url, secret: "${env:HOOK}"}}
          am: {alertmanager: {url: "http://127.0.0.1:9093", username: md, password: "${env:AM}", resend: 1m, timeout: 10s, allow_private: true}}
          ams: {alertmanager: {urls: ["http://127.0.0.1:9093", "http://127.0.0.1:9094"], bearer_token_file: ci.token, ca_file: authority.pem}}
          sms: {http: {url: "https://sms.example.net/send", method: post, content_type: application/json, body: '{"text": "{{title}}"}', query: {from: maildrift}, headers: {X-Team: mail}, header_files: {X-Key: ci.token}, username: md, password: "${env:AM}", ca_file: authority.pem, success: [200, 202], timeout: 10s, send_resolved: true, allow_private: false}}
          form: {http: {url_file: chat.url, form: {text: "{{text}}"}, bearer_token_file: ci.token}}
          mail: {mail: {to: [noc@example.net], from: '"maildrift" <maildrift@example.net>', senders: {contoso: Contoso Alerts <alerts@contoso.tld>}, reply_to: noc@example.net, smtp: "smtp.example.net:587", starttls: required, ca_file: authority.pem, username: u, password_file: mail.password, timeout: 30s, send_resolved: true, allow_private: false}}
          slack: {slack: {url_file: chat.url, timeout: 10s, send_resolved: true, allow_private: false}}
          teams: {teams: {url: "https://flows.example.net/x?sig=y", timeout: 10s, send_resolved: true, allow_private: false}}
          pager: {pagerduty: {routing_key_file: hook.key, url: "https://events.eu.pagerduty.com/v2/enqueue", timeout: 10s, send_resolved: true, allow_private: false}}
          pager2: {pagerduty: {routing_key: "${env:HOOK}", url_file: chat.url}}
          phone: {ntfy: {topic: "${env:TOPIC}", url: "https://ntfy.example.net/", token_file: ci.token, timeout: 10s, send_resolved: true, allow_private: false}}
          phone2: {ntfy: {topic_file: topic, url_file: chat.url, token: "${env:HOOK}"}}
          teams2: {teams: {url_file: chat.url}}
          slack2: {slack: {url: "https://hooks.example.net/x"}}
        routes:
          - {match: {severity: critical}, receivers: [oncall, mail], continue: true, group_by: [domain], group_wait: 1s, group_interval: 1m, repeat_interval: 1h}
          - {match: {tenant: contoso}, matchers: ['severity=~"warning|critical"', team!=red], receivers: [am]}
          - {match: {severity: info}, receivers: [mail], active_time_intervals: [office], mute_time_intervals: [holidays], escalate: [{after: 30m, receivers: [am]}, {after: 2h, receivers: [oncall]}]}
          - {match: {}, receivers: [chat]}
        digest:
          receiver: mail
          cron: "0 0 7 ? * MON"
          time_zone: Europe/Berlin
          to: noc@example.net
          from: digest@example.net
          tenants:
            contoso: {enabled: true, receiver: mail, cron: "0 0 8 1 * ?", time_zone: UTC, to: [it@contoso.tld], from: md@contoso.tld}
        time_intervals:
          - name: office
            time_intervals:
              - {times: [{start_time: 09:00, end_time: "17:00"}], weekdays: ['monday:friday'], location: Europe/Berlin}
          - name: holidays
            time_intervals:
              - {days_of_month: ['24:26', -1], months: [december, 1], years: [2026, '2027:2030']}
        inhibit_rules:
          - {name: a dead zone, source_matchers: [alertname=mx.missing, severity=critical], target_matchers: ['alertname!=mx.missing'], equal: [domain, team]}
        inhibit_defaults: true
        receiver_failing_after: 10m
        watchdog: true
        heartbeats:
          healthchecks: {url_file: chat.url, interval: 30s, method: get, allow_private: false}
          other: {url: "https://beats.example.net/1", method: post}
      """
          .formatted("ab".repeat(32));

  static Sandbox in(Path folder) {
    return new Sandbox(folder)
        .file(
            "web.yml",
            """
            tls_server_config:
              cert_file: tls/server.crt
              key_file: tls/server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: tls/ca.crt
              client_allowed_sans: [prometheus.example.net]
              min_version: TLS13
            http_server_config:
              http2: false
              headers: {X-Frame-Options: deny}
            basic_auth_users:
              alice: %s
              bob: "%s"
            """
                .formatted(Sandbox.BCRYPT, Sandbox.BCRYPT))
        .file("tls/server.crt", "c")
        .file("tls/server.key", "k")
        .file("tls/ca.crt", "c")
        .file(
            "trust-anchors.txt",
            "; the laboratory's\nlab.test. IN DS 20326 13 2 %s\n".formatted("AB".repeat(32)))
        .file("ci.token", "ci-token-fedcba9876543210\n")
        .file("db.password", "db-password\n")
        .file("authority.pem", Sandbox.CERTIFICATE)
        .file("hook.key", "whsec_%s\n".formatted("QUJD".repeat(10)))
        .file("chat.url", "https://chat.example.net/very-secret-path\n")
        .file("topic", "maildrift_a1b2c3\n")
        .file("mail.password", "mail-password\n")
        .file("contoso.pub", Sandbox.PUBLIC_KEY)
        .file("lists/gateway-a.txt", "# gateway A\n192.0.2.0/25\n192.0.2.128/25 # second half\n")
        .file("lists/managed.txt", "# of the second gateway\nplain.test\nbare.test # too\n")
        .file(
            "tenants.yml",
            "tenants: {contoso: {name: Contoso AG, labels: {team: blue}, severities: {spf.present: info}}}\n")
        .file("domains.d/a.yaml", "domains: [{name: a.test, tenant: contoso}]\n")
        .file("domains.d/b.yaml", "domains:\n  - b.test\n")
        .file("domains.d/.hidden.yaml", "nonsense: here\n")
        .environment("LOOK", "look-token-look-token")
        .environment("LISTED", "key.dbl.example.net")
        .environment("TOPIC", "maildrift_d4e5f6")
        .environment("HOOK", "hook-from-environment")
        .environment("AM", "am-password")
        .file("maildrift.yml", YAML);
  }
}
