package maildrift.probes.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.network.Paste.Heading;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PasteTest {
  private static final Heading HEADING =
      new Heading("_netblocks.provider.test", Instant.parse("2026-11-21T17:00:00.5Z"));

  /** As published: not in order, one inside another, two halves of one. */
  private static final List<Cidr> NETWORKS =
      Stream.of(
              "203.0.113.128/25",
              "192.0.2.0/24",
              "192.0.2.7/32",
              "203.0.113.0/25",
              "2001:db8:1::/48")
          .map(Cidr::parse)
          .toList();

  @Test
  void seppmailTakesOneNetworkALineAsPublished() {
    assertThat(Paste.SEPPMAIL.text(HEADING, NETWORKS))
        .isEqualTo("203.0.113.128/25\n192.0.2.0/24\n203.0.113.0/25\n2001:db8:1::/48");
  }

  @Test
  void postfixTakesATableThatIsReadAsAnAllowlistToo() {
    var text = Paste.POSTFIX.text(HEADING, NETWORKS);

    assertThat(text)
        .startsWith("# _netblocks.provider.test, as published at 2026-11-21T17:00:00Z\n")
        .contains("\n192.0.2.0/24\tOK\n")
        .endsWith("\n2001:db8:1::/48\tOK");
    assertThat(AllowlistFile.parse(text).entries())
        .containsExactlyElementsOf(
            AllowlistFile.parse(Paste.SEPPMAIL.text(HEADING, NETWORKS)).entries());
  }

  @Test
  void whatAProfileListsIsNotSaidToBePublishedNow() {
    var at = Instant.parse("2026-11-28T17:00:00Z");
    var listed = Map.of("house networks", Optional.of(LocalDate.parse("2026-11-21")));

    assertThat(Heading.of(List.of("house networks"), at, listed).comments())
        .containsExactly("# house networks, as listed by the profile, 2026-11-21");
    assertThat(Heading.of(List.of("spf.house.test", "house networks"), at, listed).comments())
        .containsExactly(
            "# spf.house.test, as published at 2026-11-28T17:00:00Z",
            "# house networks, as listed by the profile, 2026-11-21");
    assertThat(
            Heading.of(
                    List.of("house\n networks"), at, Map.of("house\n networks", Optional.empty()))
                .comments())
        .containsExactly("# house? networks, as listed by the profile");
  }

  @Test
  void exchangeTakesOneCommand() {
    assertThat(Paste.EXCHANGE.text(HEADING, NETWORKS).lines().filter(line -> line.charAt(0) != '#'))
        .containsExactly(
            "Set-ReceiveConnector -Identity \"SERVER\\Inbound from _netblocks.provider.test\""
                + " -RemoteIPRanges"
                + " \"203.0.113.128/25\",\"192.0.2.0/24\",\"203.0.113.0/25\",\"2001:db8:1::/48\"");
  }

  @Test
  void nftablesTakesASetForEachFamilyWithoutOverlaps() {
    assertThat(Paste.NFTABLES.text(HEADING, NETWORKS).lines().filter(line -> line.charAt(0) != '#'))
        .containsExactly(
            "add table inet maildrift",
            "add set inet maildrift md_netblocks_provider_test_v4 { type ipv4_addr; flags interval; }",
            "flush set inet maildrift md_netblocks_provider_test_v4",
            "add element inet maildrift md_netblocks_provider_test_v4 { 192.0.2.0/24, 203.0.113.0/24 }",
            "add set inet maildrift md_netblocks_provider_test_v6 { type ipv6_addr; flags interval; }",
            "flush set inet maildrift md_netblocks_provider_test_v6",
            "add element inet maildrift md_netblocks_provider_test_v6 { 2001:db8:1::/48 }");
  }

  @ParameterizedTest
  @EnumSource(Paste.class)
  void nothingComesOfAnEmptyListWhichWouldAcceptAll(Paste format) {
    assertThat(format.text(HEADING, List.of())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Paste.class)
  void aSourceCannotAddALineOrEndAText(Paste format) {
    var hostile =
        new Heading("a\n0.0.0.0/0 OK\r\n\"; Stop-Service $x `e \u201d\n }", Instant.EPOCH);

    assertThat(format.text(hostile, NETWORKS).lines())
        .hasSameSizeAs(format.text(HEADING, NETWORKS).lines().toList())
        .noneMatch(line -> line.startsWith("0.0.0.0"));
    assertThat(format.text(hostile, NETWORKS)).doesNotContain("\u201d");
    if (format == Paste.EXCHANGE) {
      assertThat(format.text(hostile, NETWORKS))
          .contains("`\"; Stop-Service `$x ``e ?? }\" -RemoteIPRanges");
    }
  }

  @Test
  void longNamesMakeDifferentSetsOfBoundedNames() {
    var one = new Heading("a".repeat(150) + ".test", Instant.EPOCH);
    var other = new Heading("a".repeat(150) + ".example", Instant.EPOCH);

    assertThat(name(one)).hasSizeLessThan(64).isNotEqualTo(name(other));
  }

  private static String name(Heading heading) {
    var line = Paste.NFTABLES.text(heading, NETWORKS).lines().toList().get(4);
    return line.substring(line.lastIndexOf(" md_") + 1);
  }

  @ParameterizedTest
  @EnumSource(Paste.class)
  void eachIsCalledByItsWord(Paste format) {
    assertThat(Paste.of(format.word())).contains(format);
    assertThat(Paste.words()).contains(format.word());
    assertThat(Paste.of("pf")).isEmpty();
  }
}
