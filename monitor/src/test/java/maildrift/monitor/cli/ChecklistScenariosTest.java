package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.dns.FakeDns;
import maildrift.probes.dns.server.Fault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Per provider: what is wrong in the zone, and which steps it opens; every other must not be. */
class ChecklistScenariosTest {
  private static final String KEY =
      "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCdG1MYcrYYxCb3fcCSfgs6GyprlkaKNJ1qCsru1B0/ndQD7iLFECzU2UPGXlSsevM56HxvAQNodjA0zvyrPbAKKdStEeLj1IbySxUoqRjCQOviLS4SI8duVtTd53kum1ugvQtGd7byj6THGkIvJEpI22QzhF2uMfh9ijCiesjAQIDAQAB";

  private static final List<String> MAIL_CONNECT =
      List.of(
          "firma.test MX 10 mx.mail-connect.net",
          "mx.mail-connect.net A 80.254.138.130",
          "firma.test TXT v=spf1 include:_spf.mail-connect.net ?all",
          "_spf.mail-connect.net TXT v=spf1 ip4:80.254.138.128/26 -all",
          "mail-connect._domainkey.firma.test TXT v=DKIM1; k=rsa; p=" + KEY,
          "_dmarc.firma.test TXT v=DMARC1; p=quarantine; ruf=mailto:postmaster@firma.test;");

  private static final List<String> MIMECAST =
      List.of(
          "firma.test MX 10 de-smtp-inbound-1.mimecast.com",
          "firma.test MX 10 de-smtp-inbound-2.mimecast.com",
          "de-smtp-inbound-1.mimecast.com A 192.0.2.1",
          "de-smtp-inbound-2.mimecast.com A 192.0.2.2",
          "firma.test TXT v=spf1 include:de._netblocks.mimecast.com ~all",
          "de._netblocks.mimecast.com TXT v=spf1 ip4:192.0.2.0/24 ~all");

  /**
   * @param wrong what is done to the zone in which all is right
   * @param states of the steps that are open or unseen, {@code mx=open}
   */
  record Scenario(
      String name,
      String profile,
      List<String> zone,
      Consumer<FakeDns> wrong,
      List<String> states) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Scenario mailConnect(
      String variant, String name, Consumer<FakeDns> wrong, String... states) {
    return new Scenario(
        variant + ": " + name,
        "mail-connect:variant=" + variant,
        MAIL_CONNECT,
        wrong,
        List.of(states));
  }

  private static Scenario mimecast(String name, Consumer<FakeDns> wrong, String... states) {
    return new Scenario(
        "mimecast: " + name, "mimecast:region=de", MIMECAST, wrong, List.of(states));
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
        mailConnect("pro", "all is right", _ -> {}),
        mailConnect("pro", "no MX", dns -> dns.remove("firma.test", "MX"), "mx=open"),
        mailConnect(
            "pro",
            "the MX lacks its final dot",
            dns -> dns.set("firma.test MX 10 mx.mail-connect.net.firma.test"),
            "mx=open"),
        mailConnect(
            "pro",
            "another MX",
            dns -> dns.add("firma.test MX 20 mx.other.test", "mx.other.test A 192.0.2.9"),
            "mx=open"),
        mailConnect(
            "team",
            "another preference",
            dns -> dns.set("firma.test MX 5 mx.mail-connect.net"),
            "mx=open"),
        mailConnect(
            "pro", "two SPF records", dns -> dns.add("firma.test TXT v=spf1 a -all"), "spf=open"),
        mailConnect(
            "pro",
            "an SPF record without mail-connect, ~all",
            dns -> dns.set("firma.test TXT v=spf1 ip4:192.0.2.1 ~all"),
            "spf=open"),
        mailConnect(
            "pro",
            "another end of the record is allowed",
            dns -> dns.set("firma.test TXT v=spf1 include:_spf.mail-connect.net -all")),
        mailConnect(
            "pro",
            "one letter of the key is another",
            dns ->
                dns.set(
                    "mail-connect._domainkey.firma.test TXT v=DKIM1; k=rsa; p="
                        + KEY.replace("DCdG1M", "DCdG1N")),
            "dkim=open"),
        mailConnect(
            "pro",
            "another selector may stand beside it",
            dns -> dns.add("other._domainkey.firma.test TXT v=DKIM1; k=rsa; p=" + KEY)),
        mailConnect("pro", "no DMARC", dns -> dns.remove("_dmarc.firma.test"), "dmarc=open"),
        mailConnect(
            "pro",
            "another DMARC policy is allowed",
            dns -> dns.set("_dmarc.firma.test TXT v=DMARC1; p=reject")),
        mailConnect(
            "pro",
            "the SRV record of another weight",
            dns ->
                dns.add("_autodiscover._tcp.firma.test SRV 1 10 443 autodiscover.mail-connect.net"),
            "auto-setup=open"),
        mailConnect(
            "team",
            "autoconfig as PRO has it",
            dns -> dns.add("autoconfig.firma.test CNAME autoconfig.mail-connect.net"),
            "no-auto-setup-team=open"),
        mailConnect(
            "secgate",
            "the SRV record of PRO",
            dns ->
                dns.add(
                    "_autodiscover._tcp.firma.test SRV 1 100 443 autodiscover.mail-connect.net"),
            "no-auto-setup-secgate=open"),
        mailConnect(
            "secgate",
            "an SRV record that leads to the own server",
            dns -> dns.add("_autodiscover._tcp.firma.test SRV 0 0 443 mail.firma.test")),
        mailConnect(
            "pro",
            "the zone does not answer for MX and TXT",
            dns -> dns.fault("firma.test", Fault.SERVFAIL),
            "mx=unseen",
            "spf=unseen"),
        mimecast("all is right", _ -> {}),
        mimecast(
            "the earlier SPF record was left",
            dns -> dns.add("firma.test TXT v=spf1 include:spf.protection.outlook.com -all"),
            "spf=open"),
        mimecast(
            "one combined record, Mimecast not first",
            dns ->
                dns.set(
                    "firma.test TXT v=spf1 ip4:198.51.100.1 include:de._netblocks.mimecast.com ~all"),
            "spf-first=open"),
        mimecast(
            "another region's networks",
            dns ->
                dns.set("firma.test TXT v=spf1 include:eu._netblocks.mimecast.com ~all")
                    .add("eu._netblocks.mimecast.com TXT v=spf1 ip4:198.51.100.0/24 ~all"),
            "spf=open"),
        mimecast(
            "the earlier MX remains",
            dns -> dns.add("firma.test MX 50 mail.firma.test", "mail.firma.test A 198.51.100.5"),
            "mx=open",
            "seen-everywhere=open"));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void theStepIsOpenThatIsWrongAndNoOther(Scenario scenario) {
    try (var dns = FakeDns.serving(scenario.zone().toArray(String[]::new))) {
      scenario.wrong().accept(dns);
      var checklist =
          scenario.profile().startsWith("mimecast") ? "mimecast-onboarding" : "mail-connect";

      var ran =
          Ran.command(
              "checklist",
              "firma.test",
              checklist,
              "--profile",
              scenario.profile(),
              "--dns",
              dns.hostAndPort(),
              "--format",
              "json");

      assertThat(ran.err()).isEmpty();
      var states = new TreeMap<String, String>();
      for (var step : CheckJson.mapper().readTree(ran.out()).path("steps")) {
        states.put(step.path("step").asString(""), step.path("state").asString(""));
      }
      var wrong = new ArrayList<String>();
      states.forEach(
          (step, state) -> {
            if (state.equals("open") || state.equals("unseen")) {
              wrong.add(step + "=" + state);
            }
          });
      assertThat(wrong).as(ran.out()).containsExactlyInAnyOrderElementsOf(scenario.states());
    }
  }
}
