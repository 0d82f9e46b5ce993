package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.profile.Profile;
import maildrift.probes.profile.ProfileCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfilesCommandTest {
  @TempDir Path folder;

  @Test
  void listsAllWithConfidenceAndRoles() {
    var ran = Ran.command("profiles");

    assertThat(ran.lines()).hasSameSizeAs(ProfileCatalog.builtIn().all());
    assertThat(ran.lines().getFirst())
        .startsWith("mimecast ")
        .contains("high to guess")
        .contains("inbound, outbound");
    assertThat(ran.out()).contains("retarus ").contains("medium");
  }

  @Test
  void oneChoiceIsFilledIn() {
    var ran = Ran.command("profiles", "mimecast:region=za");

    assertThat(ran.exit()).isEqualTo(Exit.OK);
    assertThat(ran.out())
        .contains("za-smtp-inbound-1.mimecast.co.za")
        .contains("include:za._netblocks.mimecast.com, as the first term")
        .contains("_spf.mimecast.com: it never existed")
        .contains("secure at least")
        .contains("high, ")
        .contains("profiles: [{name: mimecast, region: za, role: inbound}]")
        .doesNotContain("de-smtp-inbound");
  }

  @Test
  void withoutAChoiceAllAreShownAndGuessesAreMarked() {
    var ran = Ran.command("profiles", "mimecast");

    assertThat(ran.out())
        .contains("region de, Germany")
        .contains("region je, Offshore, Jersey")
        .contains("ca-smtp-inbound-1.mimecast.com, ca-smtp-inbound-2.mimecast.com (a guess)");
  }

  @Test
  void everySectionOfAProfileIsShown() {
    assertThat(Ran.command("profiles", "mail-connect:variant=pro").out())
        .contains("10 mx.mail-connect.net")
        .contains("exactly p=MIGf")
        .contains("_autodiscover._tcp SRV 1 100 443 autodiscover.mail-connect.net optional")
        .contains("80.254.138.128/26")
        .contains("posteingang.mail-connect.net, ports 993, 995")
        .contains("spf.all-qualifier: mail-connect's documented record ends in ?all");
    assertThat(Ran.command("profiles", "seppmail").out())
        .contains("at most 300 s before the MX changes")
        .contains("variant parallel");
    assertThat(Ran.command("profiles", "microsoft365").out())
        .contains("m365-endpoints")
        .contains("3600 s in quiet times")
        .contains("parameter label (default {domain-dashes})");
  }

  @Test
  void jsonHasEveryChoice() {
    var json =
        CheckJson.mapper().readTree(Ran.command("profiles", "mimecast", "--format", "json").out());

    assertThat(json.path("choices").size())
        .isEqualTo(ProfileCatalog.builtIn().named("mimecast").orElseThrow().regions().size());
    var de = json.path("choices").path(1);
    assertThat(de.path("parameters").path("region").asString()).isEqualTo("de");
    assertThat(de.path("mx").path(0).path(0).asString())
        .isEqualTo("de-smtp-inbound-1.mimecast.com");
    assertThat(de.path("evidence").path(0).path("confidence").asString()).isEqualTo("high");
  }

  @Test
  void whatIsWrongWithAChoiceIsSaid() {
    var ran = Ran.command("profiles", "mimecast:region=dee");

    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("mimecast has no region 'dee'; did you mean 'de'?");
    assertThat(Ran.command("profiles", "mimcast").err()).contains("did you mean 'mimecast'?");
  }

  // A choice without an MX of its own takes no mail, and has no evidence for one.
  @ParameterizedTest
  @CsvSource({
    "seppmail-cloud:region=ch;variant=parallel, gateway, smarthosts",
    "seppmail-cloud:region=ch;variant=inline, inbound, mx",
    "mimecast:region=global, outbound, spf",
    "mimecast:region=de, inbound, mx",
    "seppmail:variant=parallel, gateway, dkim",
    "microsoft365:variant=gcc-high, inbound, mx"
  })
  void theRoleToPasteIsOneThatFits(String written, String role, String vouched) {
    var use = ProfileUse.parse(written.replace(';', ','));
    var profile = ProfileCatalog.builtIn().named(use.name()).orElseThrow();
    var choice = new ProfileChoice(profile, use.parameters());

    assertThat(choice.configuration()).endsWith("role: " + role + "}]");
    var evidence = String.join("\n", choice.lines().getOrDefault("evidence", List.of()));
    assertThat(evidence).contains(vouched);
    if (!vouched.equals("mx")) {
      assertThat(evidence.lines()).noneMatch(line -> line.matches("(.* )?mx[ :].*"));
    } else {
      assertThat(evidence.lines()).anyMatch(line -> line.startsWith("mx"));
    }
  }

  /** What each page says to paste is taken by the configuration. */
  @Test
  void whatIsToBePastedIsRight() throws IOException {
    var file = folder.resolve("pasted.yml");
    for (var profile : ProfileCatalog.builtIn().all()) {
      for (var choice : ProfileChoice.all(profile, java.util.Map.of())) {
        Files.writeString(
            file, "domains:\n  - name: contoso.test\n    " + choice.configuration() + "\n");

        assertThat(Ran.command("config", "check", file.toString()).exit())
            .as(choice.configuration())
            .isEqualTo(Exit.OK);
      }
    }
  }

  @Test
  void anOwnProfileThatNeedsAParameterIsExplainedWithoutIt() throws IOException {
    var config = folder.resolve("own.yml");
    Files.writeString(
        config,
        """
        profiles:
          house: {mx: "{cell}.mx.house.test", parameters: {cell: {required: true, why: the cell}}}
        """);

    assertThat(Ran.command("profiles", "house", "--config", config.toString()).out())
        .contains("parameter cell (required): the cell")
        .contains("example.mx.house.test");
  }

  @Test
  void aProfileIsOneLineOfJson() {
    assertThat(Ran.command("profiles", "--format", "json").lines())
        .hasSize(
            (int) ProfileCatalog.builtIn().all().stream().map(Profile::name).distinct().count());
  }
}
