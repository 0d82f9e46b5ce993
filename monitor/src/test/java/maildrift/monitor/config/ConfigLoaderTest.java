package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.alerts.Matcher;
import maildrift.alerts.notify.webhook.WebhookReceiver;
import maildrift.alerts.route.Route;
import maildrift.monitor.config.ConfigLoader.DomainResult;
import maildrift.monitor.config.ConfigLoader.Loaded;
import maildrift.monitor.config.ConfigLoader.Rejected;
import maildrift.monitor.config.HttpConfig.Access;
import maildrift.monitor.config.MonitorConfig.BaselineMode;
import maildrift.monitor.schedule.CronTimes;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.Tenant;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.domain.Waiver;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.Trial;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {
  @TempDir private Path folder;

  private MonitorConfig everything() {
    return Everything.in(folder).loaded(Everything.YAML);
  }

  @Test
  void anEmptyFileIsTheDefault() {
    assertThat(new Sandbox(folder).loaded("")).isEqualTo(MonitorConfig.DEFAULT);
    assertThat(new Sandbox(folder).loaded("domains:\nalerts:\n  receivers:\n"))
        .isEqualTo(MonitorConfig.DEFAULT);
  }

  @Test
  void theSettingsOfTheDaemonAreRead() {
    var config = everything();

    assertThat(config.dns().resolvers())
        .containsExactly(
            new HostPort("127.0.0.1", 53),
            new HostPort("2001:db8::53", 5353),
            new HostPort("localhost", 53));
    assertThat(config.dns().confirmWith())
        .containsExactly(new HostPort("9.9.9.9", 53), new HostPort("149.112.112.112", 53));
    assertThat(config.dns().authoritative())
        .isEqualTo(Map.of(DnsName.of("lab.test"), List.of(new HostPort("127.0.0.10", 5353))));
    assertThat(config.dns().queriesPerSecond()).isEqualTo(500);
    assertThat(config.dns().timeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(config.dns().trustAnchors())
        .containsExactly("lab.test. IN DS 20326 13 2 " + "AB".repeat(32));
    assertThat(config.dns().trustedResolver())
        .contains(HostPort.parse("[2001:db8::53]:5353", DnsConfig.PORT));
    assertThat(config.smtp())
        .isEqualTo(
            new SmtpConfig(
                2525,
                Optional.of(DnsName.of("monitor.example.net")),
                true,
                Duration.ofSeconds(20),
                Set.of(Trial.POSTMASTER, Trial.PLAINTEXT),
                false));
    assertThat(config.https()).isEqualTo(new HttpsConfig(8443, true, Duration.ofSeconds(30)));
    assertThat(config.schedule())
        .isEqualTo(
            new ScheduleConfig(
                Duration.ofSeconds(90), Duration.ofSeconds(10), 3, Duration.ofHours(2)));
    assertThat(config.metrics()).isEqualTo(new MetricsConfig(MetricsConfig.Detail.LEAN, 100_000));
    assertThat(config.store())
        .isEqualTo(
            new StoreConfig(
                "jdbc:postgresql://db.example.net/maildrift",
                Optional.of("maildrift"),
                Optional.of(new Secret("db-password")),
                Duration.ofDays(365),
                true,
                new BackupConfig(
                    false,
                    Optional.of(folder.resolve("copies")),
                    new CronTimes("0 30 2 * * ?", ZoneId.of("Europe/Berlin")),
                    14)));
    assertThat(config.baseline()).isEqualTo(BaselineMode.MANUAL);
  }

  @Test
  void usersTokensAndTlsAreRead() {
    var http = everything().http();

    assertThat(http.listen()).isEqualTo(new HostPort("0.0.0.0", 8425));
    assertThat(http.needsLogin()).isTrue();
    assertThat(http.operators()).containsExactly("alice");
    assertThat(http.tokens())
        .containsExactly(
            new HttpConfig.ApiToken(
                "ci", new Secret("ci-token-fedcba9876543210"), Access.OPERATOR, Optional.empty()),
            new HttpConfig.ApiToken(
                "look",
                new Secret("look-token-look-token"),
                Access.VIEWER,
                Optional.of(Set.of("contoso"))));
    assertThat(http.limits()).containsExactly(Map.entry("bob", Set.of("contoso")));
    var web = http.web().orElseThrow();
    assertThat(web.users()).containsOnlyKeys("alice", "bob");
    assertThat(web.http2()).isFalse();
    assertThat(web.headers()).containsExactly(Map.entry("X-Frame-Options", "deny"));
    var tls = web.tls().orElseThrow();
    assertThat(tls.certificateFile()).isEqualTo(folder.resolve("tls/server.crt"));
    assertThat(tls.minVersion()).isEqualTo("TLSv1.3");
    assertThat(tls.clientAuth()).isEqualTo(WebConfig.ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT);
    assertThat(tls.clientAllowedSans()).containsExactly("prometheus.example.net");
  }

  @Test
  void aDomainGetsWhatItNames() {
    var config = everything();
    var domain = config.domain(DnsName.of("contoso.tld")).orElseThrow();

    assertThat(domain.tenant())
        .isEqualTo(new Tenant("contoso", "Contoso AG", Map.of("team", "blue")));
    assertThat(domain.prescriptions())
        .extracting(Prescription::profile)
        .containsExactly("mimecast", "seppmail");
    assertThat(domain.prescriptions())
        .extracting(Prescription::role)
        .containsExactly(Role.INBOUND, Role.GATEWAY);
    assertThat(domain.inbound().orElseThrow().netblocks())
        .containsExactly(DnsName.of("de._netblocks.mimecast.com"));
    assertThat(domain.gateways()).containsExactly(config.gateways().get("gw1"));
    assertThat(domain.gateways().getFirst().requiresTls()).isTrue();
    assertThat(domain.gateways().getFirst().pins()).containsExactly("abcdef0123456789".repeat(4));
    assertThat(domain.forwardingServers())
        .containsExactly(NextHop.parse("[de-smtp-inbound-1.mimecast.com]"));
    assertThat(domain.smarthosts()).extracting(NextHop::port).containsExactly(25, 587);
    assertThat(domain.allowlist().orElseThrow().entries())
        .containsExactly(
            Cidr.parse("51.163.158.0/24"),
            Cidr.parse("194.104.109.0/24"),
            Cidr.parse("2001:db8::/32"));
    assertThat(domain.allowlist().orElseThrow().doubleRun()).isEqualTo(Duration.ofDays(14));
    assertThat(domain.tlsLevel()).contains(TlsLevel.SECURE);
    assertThat(domain.skip()).containsExactly("tls");
    assertThat(domain.dkim())
        .extracting(dkim -> dkim.selector())
        .containsExactly("default", "2024", "selector1");
    assertThat(domain.dkim().get(0).key()).isEqualTo(domain.dkim().get(1).key()).isPresent();
    assertThat(domain.dkim().get(2).cname().orElseThrow().text())
        .isEqualTo("selector1-contoso-tld._domainkey.*.onmicrosoft.com");
    assertThat(domain.dmarcPolicy()).contains("quarantine");
    assertThat(domain.waivers())
        .containsExactly(
            new Waiver(
                "spf.all-qualifier",
                Optional.of(Instant.parse("2027-02-01T00:00:00Z")),
                "provider prescribes ?all"));
  }

  @Test
  void severitiesOfTheDomainWinOverItsTenantsAndThoseOverAll() {
    var config = everything();

    assertThat(config.domain(DnsName.of("contoso.tld")).orElseThrow().severities())
        .isEqualTo(
            Map.of(
                "spf.lookups", Severity.CRITICAL,
                "spf.present", Severity.INFO,
                "mx.missing", Severity.WARNING));
    assertThat(config.domain(DnsName.of("b.test")).orElseThrow().severities())
        .isEqualTo(Map.of("spf.lookups", Severity.CRITICAL));
  }

  @Test
  void domainsOfIncludedFilesFollowInTheOrderOfTheFiles() {
    assertThat(everything().domains())
        .extracting(domain -> domain.name().toString())
        .containsExactly("contoso.tld", "plain.test", "bare.test", "a.test", "b.test");
  }

  @Test
  void onlyTheFirstProfileIsInboundWhereNoneSaysSo() {
    var domain = everything().domain(DnsName.of("plain.test")).orElseThrow();

    assertThat(domain.prescriptions().get(0).role()).isEqualTo(Role.INBOUND);
    assertThat(domain.prescriptions().get(1).role()).isNotEqualTo(Role.INBOUND);
    assertThat(domain.prescriptions().get(1).mx()).isEmpty();
  }

  @Test
  void aListThatMustBeFetchedIsUnreadableUntilThenAndNotEmpty() {
    var domain = everything().domain(DnsName.of("plain.test")).orElseThrow();

    assertThat(domain.allowlist().orElseThrow().unreadable())
        .contains("the list of https://lists.example.net has not been fetched yet");
  }

  @Test
  void receiversAndRoutesAreReadInOrder() {
    var alerts = everything().alerts();

    assertThat(alerts.receivers().keySet()).contains("oncall", "chat", "am", "ams", "mail");
    assertThat(alerts.routes()).hasSize(4);
    var first = alerts.routes().getFirst();
    assertThat(first.matchers()).containsExactly(Matcher.equal("severity", "critical"));
    assertThat(first.receivers()).containsExactly("oncall", "mail");
    assertThat(first.goesOn()).isTrue();
    assertThat(first.grouping().by()).containsExactly("domain");
    assertThat(first.grouping().groupWait()).isEqualTo(Duration.ofSeconds(1));
    assertThat(alerts.routes().get(1).matchers()).hasSize(3);
    assertThat(alerts.routes().get(1).grouping()).isEqualTo(alerts.grouping());
    var third = alerts.routes().get(2);
    assertThat(third.hours().isOpen(Instant.parse("2026-11-27T15:59:00Z"))).isTrue();
    assertThat(third.hours().isOpen(Instant.parse("2026-11-27T16:00:00Z"))).isFalse();
    assertThat(third.hours().isOpen(Instant.parse("2026-12-24T12:00:00Z"))).isFalse();
    assertThat(third.escalations())
        .containsExactly(
            new Route.Escalation(Duration.ofMinutes(30), List.of("am")),
            new Route.Escalation(Duration.ofHours(2), List.of("oncall")));
    assertThat(alerts.routing().sendResolved())
        .containsAllEntriesOf(Map.of("oncall", false, "chat", true, "am", true, "mail", true));
  }

  @Test
  void maintenanceEndsAfterItsLength() {
    var window = everything().maintenance().getFirst();

    assertThat(window.domains()).isEqualTo(Set.of("contoso.tld"));
    assertThat(window.until()).isEqualTo(Instant.parse("2026-12-04T20:00:00Z"));
  }

  @Test
  void noSecretIsInTheTextOfAConfiguration() {
    var text = everything().toString();

    for (var secret :
        List.of(
            "db-password",
            "whsec",
            "very-secret-path",
            "mail-password",
            "look-token",
            "hook-from-environment",
            "am-password",
            "ci-token-fedcba9876543210",
            "$2y$")) {
      assertThat(text).doesNotContain(secret);
    }
    assertThat(text).contains("***");
  }

  @Test
  void anAnchorCanBeRepeatedAndMerged() {
    var config =
        new Sandbox(folder)
            .loaded(
                """
                domains:
                  - &first
                    name: a.test
                    profiles: &m [{name: mimecast, region: de}]
                    tls_level: verify
                  - {<<: *first, name: b.test, tls_level: secure}
                  - {name: c.test, profiles: *m}
                """);

    assertThat(config.domains()).allMatch(domain -> domain.inbound().isPresent());
    assertThat(config.domains())
        .extracting(domain -> domain.tlsLevel().map(TlsLevel::word).orElse(""))
        .containsExactly("verify", "secure", "");
  }

  @Test
  void aByteOrderMarkAndWindowsLineEndsDoNotMatter() {
    assertThat(
            new Sandbox(folder)
                .loaded("\uFEFFschedule:\r\n  interval: 1m\r\n")
                .schedule()
                .interval())
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void numbersAndFlagsMayComeFromTheEnvironment() {
    var config =
        new Sandbox(folder)
            .environment("PORT", "2525")
            .environment("PRIVATE", "true")
            .environment("EVERY", "1m")
            .environment("HOST", "127.0.0.1")
            .loaded(
                """
                smtp: {port: "${env:PORT}", allow_private: "${env:PRIVATE}"}
                schedule: {interval: "${env:EVERY}"}
                http: {listen: "${env:HOST}:${env:PORT}"}
                """);

    assertThat(config.smtp().port()).isEqualTo(2525);
    assertThat(config.smtp().allowPrivate()).isTrue();
    assertThat(config.schedule().interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.http().listen()).isEqualTo(new HostPort("127.0.0.1", 2525));
  }

  @Test
  void aMissingFileIsAProblemAndNoException() {
    var result = new Sandbox(folder).loader().load(folder.resolve("nowhere.yml"));

    assertThat(((Rejected) result).problems())
        .extracting(Problem::toString)
        .containsExactly(folder + "/nowhere.yml:1:1: '" + folder + "/nowhere.yml': no such file");
  }

  @Test
  void problemsOfIncludedFilesCarryTheirOwnName() {
    var sandbox =
        new Sandbox(folder)
            .file("domains.d/b.yaml", "domains:\n  - {name: a.test, tenannt: x}\n")
            .file("domains.d/c.yaml", "domains:\n  - name: [\n")
            .file("domains.d/d.yaml", "schedule: {interval: 1m}\n");

    assertThat(
            sandbox.problems(
                """
                include: domains.d/*.yaml
                schedule: {interval: 5m}
                domains: [{name: A.test.}]
                """))
        .containsExactly(
            "domains.d/b.yaml:2:12: the domain 'a.test' is declared twice; first at maildrift.yml:3 as 'A.test.'",
            "domains.d/b.yaml:2:20: unknown key 'tenannt' in domain a.test; did you mean 'tenant'?",
            "domains.d/c.yaml:3:1: the file ends in the middle of something; a bracket is not closed",
            "domains.d/d.yaml:1:1: 'schedule' is set in two files; first at maildrift.yml:2");
  }

  @Test
  void aDomainOfTheApiIsReadAgainstTheConfigurationInForce() {
    var config = everything();
    var result =
        Everything.in(folder)
            .loader()
            .domain(
                "{\"name\": \"new.test\", \"tenant\": \"contoso\", \"allowed_sending_servers\": \"contoso-gateway\"}",
                config);

    assertThat(((DomainResult.Accepted) result).domain().tenant().name()).isEqualTo("Contoso AG");
    assertThat(((DomainResult.Accepted) result).domain().severities())
        .containsEntry("spf.present", Severity.INFO);
  }

  @Test
  void aDomainOfTheApiReadsNeitherFilesNorEnvironment() {
    var sandbox = Everything.in(folder);
    var result =
        sandbox
            .loader()
            .domain(
                """
                {"name": "new.test", "tenant": "${env:AM}",
                 "dkim": [{"selector": "a", "expect_file": "/etc/passwd"}]}
                """,
                everything());

    assertThat(((DomainResult.Refused) result).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "domain:1:32: '${env:AM}' may not be used here",
            "domain:2:44: expect_file: '/etc/passwd': a file may not be named here");
  }

  @Test
  void jsonMayBeIndentedWithTabs() {
    var result =
        new Sandbox(folder)
            .loader()
            .domain("{\n\t\"name\":\t\"new.test\"\n}\n", MonitorConfig.DEFAULT);

    assertThat(result).isInstanceOf(DomainResult.Accepted.class);
  }

  @Test
  void aProfileOfTheCommandLineNeedsNoConfiguration() {
    var loader = new Sandbox(folder).loader();
    var result =
        loader.adHoc(
            DnsName.of("contoso.tld"),
            List.of(ProfileUse.parse("mimecast:region=de")),
            MonitorConfig.DEFAULT);

    assertThat(((DomainResult.Accepted) result).domain().inbound().orElseThrow().label())
        .isEqualTo("mimecast region=de");
    assertThat(
            ((DomainResult.Refused)
                    loader.adHoc(
                        DnsName.of("contoso.tld"),
                        List.of(ProfileUse.parse("mimecat")),
                        MonitorConfig.DEFAULT))
                .problems())
        .extracting(Problem::message)
        .containsExactly("unknown profile 'mimecat'; did you mean 'mimecast'?");
  }

  @Test
  void receiversWithoutRoutesHearOfEverything() {
    var config =
        new Sandbox(folder)
            .loaded("alerts: {receivers: {a: {webhook: {url: 'http://127.0.0.1:1'}}}}");

    assertThat(config.alerts().routing().routes().getFirst().receivers()).containsExactly("a");
  }

  @Test
  void aTlsLevelBelowThatOfAProfileIsWarnedOf() {
    assertThat(
            new Sandbox(folder)
                .warnings(
                    """
                    domains:
                      - name: contoso.test
                        profiles: [{name: mimecast, region: de}]
                        tls_level: verify
                      - name: fabrikam.test
                        profiles: [{name: mimecast, region: other}]
                        tls_level: may
                    """))
        .containsExactly(
            "maildrift.yml:4:5: tls_level: 'verify' is below 'secure', which mimecast region=de (maildrift.yml:3) asks for");
  }

  @Test
  void aProfileWhoseVariantsDemandRecordsIsWarnedOfWithoutOne() {
    assertThat(
            new Sandbox(folder)
                .warnings(
                    """
                    domains:
                      - {name: a.test, profiles: [mail-connect]}
                      - {name: b.test, profiles: ["mail-connect:variant=team"]}
                      - {name: c.test, profiles: [microsoft365]}
                    """))
        .containsExactly(
            "maildrift.yml:2:31: mail-connect without a variant judges no record besides MX, SPF and keys; the variants pro, team, secgate differ in which they demand or forbid");
  }

  @Test
  void whatIsAllowedAndProbablyNotMeantIsAWarning() {
    var sandbox =
        new Sandbox(folder).file("hook.key", "secret").file("list.txt", "# nothing yet\n");
    sandbox.path("hook.key").toFile().setReadable(true, false);

    assertThat(
            sandbox.warnings(
                """
                include: conf.d*/x.yml
                allowlists: {a: {file: list.txt}}
                domains: [{name: a.test, tls_level: fingerprint}]
                alerts:
                  receivers: {a: {webhook: {url: "https://a.test/", secret_file: hook.key}}}
                  routes:
                    - {match: {}, receivers: [a]}
                    - {match: {severity: critical}, receivers: [a]}
                """))
        .containsExactly(
            "maildrift.yml:1:10: include: no file matches 'conf.d*/x.yml'",
            "maildrift.yml:2:24: file: 'list.txt' names no network; an empty list accepts all",
            "maildrift.yml:3:26: tls_level: 'fingerprint' cannot be reached: neither a gateway of the domain nor the domain itself has pins",
            "maildrift.yml:5:3: links in messages lead to 127.0.0.1:8425, where their readers find nothing; set http.external_url to the page's address as people reach it, such as https://maildrift.example.net/",
            "maildrift.yml:5:66: every user of this machine may read 'hook.key'; chmod o-r it",
            "maildrift.yml:8:7: this route is never reached: the one at line 7 matches all and does not continue");
  }

  @Test
  void routesThatLeaveSomethingOutAreWarnedOf() throws Exception {
    var sandbox = new Sandbox(folder);
    var config =
        """
        domains: [{name: a.test}]
        http: {external_url: "https://maildrift.test/"}
        alerts:
          receivers: {a: {webhook: {url: "https://a.test/"}}}
          routes:
            - {match: {severity: critical}, receivers: [a]}
        """;
    assertThat(sandbox.warnings(config))
        .containsExactly(
            "maildrift.yml:6:7: alerts that match none of these routes are told to nobody, and maildrift's own have neither domain nor tenant; add {match: {}, receivers: [...]} as the last");
    assertThat(sandbox.warnings(config + "    - {match: {}, receivers: [a]}\n")).isEmpty();
    assertThat(sandbox.warnings(config + "    - {match: {}, continue: true, receivers: [a]}\n"))
        .isEmpty();
  }

  @Test
  void mailboxesStayWhereTheNextProviderHasNoPlaceForThem() {
    var after = Instant.parse("2027-01-01T00:00:00Z");
    Map.of(
            "from: microsoft365, to: {name: seppmail, role: inbound}",
            List.of("seppmail", "microsoft365"),
            "from: microsoft365, to: {name: seppmail, role: inbound}, mailboxes: move",
            List.of("seppmail"),
            "from: microsoft365, to: google-workspace",
            List.of("google-workspace"),
            "from: microsoft365, to: google-workspace, mailboxes: stay",
            List.of("google-workspace", "microsoft365"),
            "from: {name: mimecast, region: de}, to: {name: seppmail, role: inbound}",
            List.of("seppmail"))
        .forEach(
            (ends, profiles) -> {
              var config =
                  new Sandbox(folder)
                      .loaded(
                          """
                          domains: [contoso.test]
                          migrations: [{domains: [contoso.test], start: 2026-12-01T20:00:00Z, %s}]
                          """
                              .formatted(ends));

              assertThat(config.domains().getFirst().asOf(after).prescriptions())
                  .as(ends)
                  .extracting(Prescription::profile)
                  .isEqualTo(profiles);
            });
  }

  @Test
  void everythingLoadsWithoutAWarning() {
    assertThat(((Loaded) Everything.in(folder).load()).warnings()).isEmpty();
  }

  @Test
  void linksLeadWherePeopleReachThePage() {
    var sandbox = Everything.in(folder);
    assertThat(sandbox.loaded("").http().page()).isEqualTo("http://127.0.0.1:8425");
    assertThat(sandbox.loaded("http: {web_config_file: web.yml}").http().page())
        .isEqualTo("https://127.0.0.1:8425");
    assertThat(sandbox.loaded("http: {external_url: 'https://md.test/x/'}").http().page())
        .isEqualTo("https://md.test/x");
  }

  private static final String WITH_CREDENTIALS =
      """
      http: {listen: "0.0.0.0:9741", tokens: [{name: scrape, token_file: "${env:CREDENTIALS_DIRECTORY}/token"}]}
      alerts:
        heartbeats: {beat: {url_file: "${env:CREDENTIALS_DIRECTORY}/beat"}}
        receivers:
          hook: {webhook: {url: "https://hooks.example.net/", secret_file: "${env:CREDENTIALS_DIRECTORY}/hook.key"}}
          chat: {slack: {url_file: "${env:CREDENTIALS_DIRECTORY}/chat"}}
          page: {pagerduty: {routing_key_file: "${env:CREDENTIALS_DIRECTORY}/page"}}
        routes: [{match: {}, receivers: [hook, chat, page]}]
      """;

  /** systemd gives them to the unit and to nobody else (LoadCredential=). */
  @Test
  void whatOnlyTheUnitCanReadIsAWarningBesideIt() {
    var sandbox = new Sandbox(folder).file("maildrift.yml", WITH_CREDENTIALS);
    var unit = sandbox.path("credentials");

    assertThat(sandbox.load()).isInstanceOf(Rejected.class);
    var result = sandbox.loader().besideTheUnit(unit).load(sandbox.path("maildrift.yml"));

    assertThat(result).isInstanceOf(Loaded.class);
    var told = result.warnings().stream().filter(ConfigLoader::isOfTheUnit).toList();
    assertThat(sandbox.shown(told))
        .hasSize(5)
        .contains(
            "maildrift.yml:5:70: secret_file: 'credentials/hook.key' is for the daemon's unit alone"
                + " (CREDENTIALS_DIRECTORY is not set here): what is in it was not looked at");
    // Never a message without the signature that it should have.
    var hook = ((Loaded) result).config().alerts().receivers().get("hook");
    assertThat(hook)
        .isInstanceOfSatisfying(
            WebhookReceiver.class, webhook -> assertThat(webhook.secrets()).hasSize(1));

    for (var file : List.of("token", "beat", "hook.key", "page")) {
      sandbox.file("credentials/" + file, "https://hooks.example.net/0123456789abcdef");
    }
    sandbox.file("credentials/chat", "no URL");
    var seen = sandbox.loader().besideTheUnit(unit).load(sandbox.path("maildrift.yml"));
    assertThat(seen.warnings()).noneMatch(ConfigLoader::isOfTheUnit);
    assertThat(((Rejected) seen).problems()).extracting(Problem::line).containsExactly(6);
  }
}
