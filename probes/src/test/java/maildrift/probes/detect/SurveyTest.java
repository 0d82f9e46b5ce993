package maildrift.probes.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Deadline;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.profile.Detected;
import maildrift.probes.profile.Evidence;
import maildrift.probes.profile.ProfileCatalog;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SurveyTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.test");
  private static final String MAIL_CONNECT_KEY =
      "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCdG1MYcrYYxCb3fcCSfgs6GyprlkaKNJ1qCsru1B0/ndQD7iLFECzU2UPGXlSsevM56HxvAQNodjA0zvyrPbAKKdStEeLj1IbySxUoqRjCQOviLS4SI8duVtTd53kum1ugvQtGd7byj6THGkIvJEpI22QzhF2uMfh9ijCiesjAQIDAQAB";

  private static DynamicTest scenario(String name, String expected, String... zone) {
    return DynamicTest.dynamicTest(
        name,
        () ->
            assertThat(
                    detected(zone).stream().map(SurveyTest::line).collect(Collectors.joining("; ")))
                .isEqualTo(expected));
  }

  /** {@code role profile parameters confidence}. */
  private static String line(Detected one) {
    return "%s %s %s %s"
        .formatted(
            one.role().word(),
            one.profile().name(),
            one.parameters().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(",", "(", ")")),
            one.confidence().word());
  }

  @TestFactory
  Stream<DynamicTest> tellsTheProvidersOfADomain() {
    return Stream.of(
        scenario("nothing", "", "contoso.test MX 10 mx.contoso.test"),
        scenario(
            "Mimecast de, by MX and SPF",
            "inbound mimecast (region=de) high",
            "contoso.test MX 10 de-smtp-inbound-1.mimecast.com",
            "contoso.test MX 10 de-smtp-inbound-2.mimecast.com",
            "contoso.test TXT v=spf1 include:de._netblocks.mimecast.com ~all"),
        scenario(
            "South Africa has another top-level domain",
            "inbound mimecast (region=za) high",
            "contoso.test MX 10 za-smtp-inbound-1.mimecast.co.za",
            "contoso.test MX 20 za-smtp-inbound-2.mimecast.co.za"),
        scenario(
            "a grid that nobody has written down",
            "inbound mimecast (region=other,grid=ukx) guess",
            "contoso.test MX 10 ukx-smtp-inbound-1.mimecast.com",
            "contoso.test MX 10 ukx-smtp-inbound-2.mimecast.com"),
        scenario(
            "a grid cannot have that many letters",
            "",
            "contoso.test MX 10 toolonggrid-smtp-inbound-1.mimecast.com"),
        scenario(
            "only the SPF that Mimecast hosts",
            "outbound mimecast (region=other) guess",
            "contoso.test TXT v=spf1 redirect=ab12cd34._spf._d.mim.ec"),
        scenario(
            "the name that never existed",
            "outbound mimecast (region=other) guess",
            "contoso.test TXT v=spf1 include:_spf.mimecast.com ~all"),
        scenario(
            "the global name",
            "outbound mimecast (region=global) high",
            "contoso.test TXT v=spf1 include:_netblocks.mimecast.com ~all"),
        scenario(
            "Microsoft 365 by its MX, another label than the domain's",
            "inbound microsoft365 (label=contoso0e) high",
            "contoso.test MX 0 contoso0e.mail.protection.outlook.com"),
        scenario(
            "Microsoft 365 under mx.microsoft",
            "inbound microsoft365 () high",
            "contoso.test MX 0 contoso-test.n-v1.mx.microsoft",
            "contoso.test TXT v=spf1 include:spf.protection.outlook.com -all"),
        scenario(
            "Mimecast in front, mailboxes at Microsoft",
            "inbound mimecast (region=de) high; mailbox microsoft365 (tenant=contoso) high",
            "contoso.test MX 10 de-smtp-inbound-1.mimecast.com",
            "contoso.test MX 10 de-smtp-inbound-2.mimecast.com",
            "contoso.test TXT v=spf1 include:de._netblocks.mimecast.com include:spf.protection.outlook.com ~all",
            "selector1._domainkey.contoso.test CNAME selector1-contoso-test._domainkey.contoso.onmicrosoft.com",
            "autodiscover.contoso.test CNAME autodiscover.outlook.com"),
        scenario(
            "the newer form of Microsoft's keys",
            "mailbox microsoft365 (tenant=contoso) high",
            "selector1._domainkey.contoso.test CNAME selector1-contoso-test._domainkey.contoso.r-v1.dkim.mail.microsoft"),
        scenario(
            "a host that Microsoft made for the domain",
            "mailbox microsoft365 () medium",
            "contoso-test.mail.protection.outlook.com A 52.101.73.1",
            "x.outlook.com TXT x"),
        scenario(
            "Google, the old set",
            "inbound google-workspace () high",
            "contoso.test MX 1 aspmx.l.google.com",
            "contoso.test MX 5 alt1.aspmx.l.google.com",
            "contoso.test MX 5 alt2.aspmx.l.google.com",
            "contoso.test MX 10 alt3.aspmx.l.google.com",
            "contoso.test MX 10 alt4.aspmx.l.google.com"),
        scenario(
            "mail-connect PRO",
            "inbound mail-connect (variant=pro) high",
            "contoso.test MX 10 mx.mail-connect.net",
            "contoso.test TXT v=spf1 include:_spf.mail-connect.net ?all",
            "mail-connect._domainkey.contoso.test TXT v=DKIM1; k=rsa; p=" + MAIL_CONNECT_KEY,
            "autoconfig.contoso.test CNAME autoconfig.mail-connect.net",
            "autoconfig.mail-connect.net A 192.0.2.1"),
        scenario(
            "seppmail.cloud inline, the region by the address",
            "inbound seppmail-cloud (region=de) high",
            "contoso.test MX 10 contoso-test.gate.seppmail.cloud",
            "contoso-test.gate.seppmail.cloud A 162.55.72.193"),
        scenario(
            "seppmail.cloud parallel beside Microsoft",
            "inbound microsoft365 () high; gateway seppmail-cloud (region=ch,variant=parallel) medium",
            "contoso.test MX 0 contoso-test.mail.protection.outlook.com",
            "contoso-test.mail.seppmail.cloud A 192.0.2.7"),
        scenario(
            "Proofpoint and its cluster",
            "inbound proofpoint (cluster=00123456) high",
            "contoso.test MX 10 mx0a-00123456.pphosted.com",
            "contoso.test MX 10 mx0b-00123456.pphosted.com",
            "contoso.test TXT v=spf1 include:spf-00123456.pphosted.com ~all"),
        scenario(
            "Cisco, whose SPF is a macro",
            "inbound cisco (allocation=hc1-23) high",
            "contoso.test MX 10 mx1.hc1-23.iphmx.com",
            "contoso.test TXT v=spf1 exists:%{i}.spf.hc1-23.iphmx.com ~all"),
        scenario(
            "Barracuda in Germany",
            "inbound barracuda (region=country,country=de) high",
            "contoso.test MX 10 d1a.ess.de.barracudanetworks.com",
            "contoso.test MX 20 d1b.ess.de.barracudanetworks.com"),
        scenario(
            "Sophos, a region that is known",
            "inbound sophos (region=us-west-2) high",
            "contoso.test MX 10 mx-01-us-west-2.prod.hydra.sophos.com",
            "contoso.test MX 10 mx-02-us-west-2.prod.hydra.sophos.com"),
        scenario(
            "Symantec and AppRiver at once: one takes the mail",
            "inbound symantec () medium; outbound appriver () medium",
            "contoso.test MX 10 cluster1.eu.messagelabs.com",
            "contoso.test MX 20 cluster1a.eu.messagelabs.com",
            "contoso.test MX 30 a.arsmtp.com"),
        scenario(
            "a name below the domain is its own, a stranger's include is not",
            "outbound google-workspace () high",
            "contoso.test TXT v=spf1 include:_spf.contoso.test include:_spf.stranger.test ~all",
            "_spf.contoso.test TXT v=spf1 include:_spf.google.com ~all",
            "_spf.stranger.test TXT v=spf1 include:spf.protection.outlook.com ~all"));
  }

  @Test
  void saysWhyAndWhatSpeaksAgainst() {
    var mimecast =
        detected(
                "contoso.test MX 10 de-smtp-inbound-1.mimecast.com",
                "contoso.test MX 20 mx.stranger.test",
                "contoso.test TXT v=spf1 include:eu._netblocks.mimecast.com include:_spf.mimecast.com ~all")
            .getFirst();

    assertThat(mimecast.because())
        .containsExactly("MX de-smtp-inbound-1.mimecast.com", "SPF names _spf.mimecast.com");
    assertThat(mimecast.against())
        .containsExactlyInAnyOrder(
            "its MX de-smtp-inbound-2.mimecast.com is not published",
            "MX mx.stranger.test is none of its hosts",
            "SPF names _spf.mimecast.com: it never existed, although many pages name it",
            "SPF names eu._netblocks.mimecast.com, which is of region eu");
    assertThat(mimecast.confidence()).isEqualTo(Evidence.Confidence.MEDIUM);
  }

  @Test
  void aKeyOfOnesOwnAtSelector1IsNotMicrosofts() {
    var microsoft =
        detected(
                "contoso.test MX 0 contoso-test.mail.protection.outlook.com",
                "selector1._domainkey.contoso.test TXT v=DKIM1; p=AAAA")
            .getFirst();

    assertThat(microsoft.against())
        .containsExactly("selector1._domainkey is a key of its own, and no alias to the provider");
  }

  @Test
  void whatWasNotAnsweredIsSaid() {
    var survey =
        survey(
            "contoso.test MX timeout",
            "contoso.test TXT v=spf1 include:_spf.google.com ~all",
            "selector1._domainkey.contoso.test TXT timeout");

    assertThat(survey.unseen())
        .containsExactlyInAnyOrder(
            "contoso.test MX: timeout after 2s",
            "selector1._domainkey.contoso.test TXT: timeout after 2s");
    assertThat(survey.detected(ProfileCatalog.builtIn().all()))
        .extracting(one -> one.profile().name())
        .containsExactly("google-workspace");
  }

  @Test
  void aWildcardMakesNoHost() {
    var dns =
        ListedDns.of(
            "contoso-test.mail.protection.outlook.com A 192.0.2.1",
            "maildrift-asks-for-nobody.mail.protection.outlook.com A 192.0.2.1");

    assertThat(detected(dns)).isEmpty();
  }

  @Test
  void asksABoundedNumberOfQuestionsInFewRounds() {
    var dns = ListedDns.of("contoso.test MX 10 de-smtp-inbound-1.mimecast.com");

    detected(dns);

    assertThat(dns.asked()).hasSizeLessThan(120);
    assertThat(dns.rounds()).isLessThanOrEqualTo(3);
  }

  private static List<Detected> detected(String... zone) {
    return survey(zone).detected(ProfileCatalog.builtIn().all());
  }

  private static List<Detected> detected(ListedDns dns) {
    return survey(dns).detected(ProfileCatalog.builtIn().all());
  }

  private static Survey survey(String... zone) {
    return survey(ListedDns.of(zone));
  }

  private static Survey survey(ListedDns dns) {
    return Survey.of(
        CONTOSO, ProfileCatalog.builtIn().all(), dns, Deadline.after(Duration.ofSeconds(20)));
  }
}
