package maildrift.probes.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The data of the built-in profiles: every choice that one can make of them. */
class BuiltInProfilesTest {
  private static final DnsName CONTOSO = DnsName.of("contoso.tld");

  /**
   * @param given region, variant, parameters
   */
  record Choice(Profile profile, Map<String, String> given) {
    Prescription prescribe(Role role) {
      return profile.prescribe(CONTOSO, given, role);
    }

    @Override
    public String toString() {
      return profile.name() + " " + given;
    }
  }

  /** Every profile in every region and variant, with a value for each parameter. */
  static Stream<Choice> choices() {
    var choices = new ArrayList<Choice>();
    for (var profile : ProfileCatalog.builtIn().all()) {
      var regions = new ArrayList<>(profile.regions().keySet());
      var variants = new ArrayList<>(profile.variants().keySet());
      variants.addFirst("");
      if (regions.isEmpty()) {
        regions.add("");
      }
      for (var region : regions) {
        for (var variant : variants) {
          var given = new LinkedHashMap<String, String>();
          if (!region.isEmpty()) {
            given.put("region", region);
          }
          if (!variant.isEmpty()) {
            given.put("variant", variant);
          }
          profile.parameters().keySet().forEach(key -> given.put(key, value(key)));
          choices.add(new Choice(profile, given));
        }
      }
    }
    return choices.stream();
  }

  private static String value(String parameter) {
    return switch (parameter) {
      case "probe" -> "198.51.100.7";
      case "cluster" -> "00123456";
      case "country" -> "de";
      default -> "abc";
    };
  }

  @ParameterizedTest
  @MethodSource("choices")
  void everyFactHasItsEvidence(Choice choice) {
    var prescription = choice.prescribe(Role.INBOUND);
    var vouched =
        choice.profile().evidence(choice.given()).stream()
            .flatMap(evidence -> evidence.facts().stream())
            .toList();
    var said = new LinkedHashMap<String, Boolean>();
    said.put("mx", !prescription.mx().isEmpty());
    said.put(
        "spf",
        !prescription.spfAuthorise().isEmpty()
            || !prescription.spfProbe().isEmpty()
            || !prescription.spfHosts().isEmpty());
    said.put("dkim", !prescription.dkim().isEmpty());
    said.put("netblocks", !prescription.netblocks().isEmpty());
    said.put("networks", !prescription.networks().isEmpty());
    said.put("feeds", !prescription.feeds().isEmpty());
    said.put("records", !prescription.records().isEmpty());
    said.put("forwarding", !prescription.forwarding().isEmpty());
    said.put("smarthosts", !prescription.smarthosts().isEmpty());
    said.put("client_hosts", !prescription.clientHosts().isEmpty());
    said.put("tls_level", prescription.tlsLevel().isPresent());
    said.put("ttl", !prescription.ttl().equals(Prescription.Ttl.NONE));
    said.put("deviations", !prescription.deviations().isEmpty());
    said.put("subdomains", !prescription.relaxed().isEmpty());

    assertThat(vouched)
        .containsAll(
            said.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList());
  }

  @ParameterizedTest
  @MethodSource("choices")
  void whatIsPrescribedHasNoHoles(Choice choice) {
    var prescription = choice.prescribe(Role.OUTBOUND);

    assertThat(prescription.spfInclude()).doesNotContain("*").doesNotContain("{region");
    assertThat(prescription.toString()).doesNotContain("{grid}").doesNotContain("{cluster}");
  }

  // profile and parameters ; MX ; SPF to paste ; areas that are guessed
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          mimecast region=other grid=ukx ; ukx-smtp-inbound-1.mimecast.com ukx-smtp-inbound-2.mimecast.com ; include:ukx._netblocks.mimecast.com ; mx netblocks spf tls_level
          proofpoint cluster=00123456 ; mx0a-00123456.pphosted.com mx0b-00123456.pphosted.com ; include:spf-00123456.pphosted.com ; ``
          proofpoint ; mx0a-*.pphosted.com mx0b-*.pphosted.com ; `` ; ``
          proofpoint-essentials region=us ; mx1-us1.ppe-hosted.com mx2-us1.ppe-hosted.com ; a:dispatch-us.ppe-hosted.com ; ``
          proofpoint-essentials region=eu ; mx1-eu1.ppe-hosted.com mx2-eu1.ppe-hosted.com ; a:dispatch-eu.ppe-hosted.com ; mx spf
          barracuda region=us ; *.ess.barracudanetworks.com ; include:spf.ess.barracudanetworks.com ; ``
          barracuda region=country country=de ; *.ess.de.barracudanetworks.com ; include:spf.ess.de.barracudanetworks.com ; ``
          cisco allocation=hc1-23 ; *.iphmx.com|*.*.iphmx.com ; exists:%{i}.spf.hc1-23.iphmx.com ; ``
          hornetsecurity ; mx01.hornetsecurity.com mx02.hornetsecurity.com mx03.hornetsecurity.com mx04.hornetsecurity.com ; include:spf.hornetsecurity.com ; ``
          nospamproxy-cloud ; contoso-tld.cloud.nospamproxy.com ; `` ; ``
          sophos region=us-west-2 ; mx-01-us-west-2.prod.hydra.sophos.com mx-02-us-west-2.prod.hydra.sophos.com ; include:_spf_uswest2.prod.hydra.sophos.com ; ``
          sophos region=eu-central-1 ; mx-01-eu-central-1.prod.hydra.sophos.com mx-02-eu-central-1.prod.hydra.sophos.com ; include:_spf.prod.hydra.sophos.com ; mx
          trend-micro region=us ; *.in.tmes.trendmicro.com ; include:spf-us.tmes.trendmicro.com ; ``
          trend-micro region=jp ; *.in.tmems-jp.trendmicro.com ; include:spf.tmems-jp.trendmicro.com ; mx
          trend-micro region=za ; *.in.tmes-za.trendmicro.com ; include:spf.tmes-za.trendmicro.com ; mx netblocks spf
          retarus ; `` ; include:_spf.general.transactional-mail-a.com ; ``
          cloudflare-area1 ; mailstream-east.mxrecord.io mailstream-west.mxrecord.io mailstream-central.mxrecord.mx ; `` ; ``
          cloudflare-email-routing ; *.mx.cloudflare.net ; include:_spf.mx.cloudflare.net ; ``
          fortimail-cloud ; *.fortimailcloud.com|*.*.fortimailcloud.com ; include:_spf.fortimailcloud.com ; ``
          symantec ; cluster*.messagelabs.com|cluster*.*.messagelabs.com ; include:spf.messagelabs.com ; ``
          appriver ; *.arsmtp.com|*.*.arsmtp.com ; include:contoso-tld.spf.smtp25.com ; ``
          microsoft365 variant=mx-microsoft ; contoso-tld.*-v1.mx.microsoft ; include:spf.protection.outlook.com ; ``
          microsoft365 variant=gcc-high ; contoso-tld.mail.protection.office365.us ; `` ; ``
          seppmail variant=inline gateway=gw.test ; gw.test ; `` ; ``
          seppmail variant=parallel gateway=gw.test ; `` ; `` ; ``
          """)
  void prescribes(
      String written, @Nullable String mx, @Nullable String include, @Nullable String guessed) {
    var words = written.split(" ", -1);
    var given = new LinkedHashMap<String, String>();
    for (var word : List.of(words).subList(1, words.length)) {
      given.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }
    var prescription =
        ProfileCatalog.builtIn()
            .named(words[0])
            .orElseThrow()
            .prescribe(CONTOSO, given, Role.INBOUND);

    assertThat(
            prescription.mx().stream()
                .limit(1)
                .flatMap(set -> set.hosts().stream())
                .map(host -> host.host().text()))
        .containsExactlyElementsOf(
            mx == null || mx.isEmpty() ? List.of() : List.of(mx.split(" ", -1)));
    assertThat(prescription.spfInclude()).isEqualTo(include == null ? "" : include);
    assertThat(String.join(" ", prescription.guessed().stream().sorted().toList()))
        .isEqualTo(guessed == null ? "" : guessed);
  }

  @Test
  void namesThatDoNotExistAreKnownToBeWrong() {
    assertThat(avoided("mimecast", Map.of("region", "de")))
        .containsExactly("_spf.mimecast.com", "_netblocks.mimecast.com");
    assertThat(avoided("mimecast", Map.of("region", "global")))
        .containsExactly("_spf.mimecast.com");
    assertThat(avoided("proofpoint", Map.of())).containsExactly("_spf.pphosted.com");
    assertThat(avoided("barracuda", Map.of("region", "us")))
        .containsExactly("spf.barracudanetworks.com");
  }

  private static List<String> avoided(String name, Map<String, String> given) {
    return ProfileCatalog.builtIn()
        .named(name)
        .orElseThrow()
        .prescribe(CONTOSO, given, Role.OUTBOUND)
        .spfAvoid()
        .keySet()
        .stream()
        .map(DnsName::toString)
        .toList();
  }
}
