package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DnsNameTest {

  @Test
  void caseAndTheTrailingDotDoNotMatter() {
    assertThat(DnsName.of("Contoso.Test.")).isEqualTo(DnsName.of("contoso.test"));
    assertThat(DnsName.of("Contoso.Test.")).hasToString("contoso.test");
    assertThat(DnsName.of("Contoso.Test").hashCode())
        .isEqualTo(DnsName.of("contoso.test").hashCode());
  }

  @Test
  void sharpSKeepsItsIdentity() {
    assertThat(DnsName.of("faß.de")).hasToString("xn--fa-hia.de");
    assertThat(DnsName.of("xn--fa-hia.de").unicode()).isEqualTo("faß.de");
    assertThat(DnsName.of("BÜCHER.test")).hasToString("xn--bcher-kva.test");
  }

  @Test
  void onlyLettersOfAsciiAreFolded() {
    assertThat(DnsName.ofLabels(List.of("\u00c4B", "test"))).hasToString("\\196b.test");
  }

  @Test
  void aLabelHasAtMost63Octets() {
    assertThat(DnsName.of("a".repeat(63) + ".test").labels().getFirst()).hasSize(63);
    assertThatThrownBy(() -> DnsName.of("a".repeat(64) + ".test"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a label of 64 octets (at most 63)");
  }

  @Test
  void aNameHasAtMost255OctetsOnTheWire() {
    var longest = String.join(".", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61));
    assertThat(DnsName.of(longest).wire()).hasSize(255);
    assertThatThrownBy(() -> DnsName.of(longest + "d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 255");
    assertThat(DnsName.parse(longest + "d")).isEmpty();
  }

  @Test
  void emptyLabelsAreRefused() {
    assertThat(DnsName.parse("")).isEmpty();
    assertThat(DnsName.parse("a..b")).isEmpty();
    assertThat(DnsName.parse(".a")).isEmpty();
    assertThat(DnsName.parse("..")).isEmpty();
  }

  @Test
  void strangeOctetsAreEscapedAndReadBack() {
    var name = DnsName.ofLabels(List.of("a.b\\c\u001b\u0000", "x y", "test"));

    assertThat(name).hasToString("a\\.b\\\\c\\027\\000.x\\032y.test");
    assertThat(DnsName.of(name.toString())).isEqualTo(name);
    assertThat(DnsName.of(name.toString()).labels()).isEqualTo(name.labels());
    assertThat(name.wire()).hasSize(1 + 7 + 1 + 3 + 1 + 4 + 1);
    assertThat(DnsName.parse("a\\25.test")).isEmpty();
    assertThat(DnsName.parse("a\\256.test")).isEmpty();
    assertThat(DnsName.parse("a\\")).isEmpty();
  }

  @Test
  void parentsAndChildren() {
    var name = DnsName.of("_dmarc.contoso.test");

    assertThat(name.parent()).isEqualTo(DnsName.of("contoso.test"));
    assertThat(name.parent().parent().parent()).isEqualTo(DnsName.ROOT);
    assertThat(DnsName.ROOT.parent()).isEqualTo(DnsName.ROOT);
    assertThat(DnsName.of("contoso.test").child("Default._domainkey"))
        .hasToString("default._domainkey.contoso.test");
    assertThat(DnsName.ROOT.child("test")).hasToString("test");
    assertThat(DnsName.ofLabels(List.of("a.b", "c")).parent()).hasToString("c");
  }

  @Test
  void withinIsByWholeLabels() {
    var contoso = DnsName.of("contoso.test");

    assertThat(DnsName.of("mx.contoso.test").isWithin(contoso)).isTrue();
    assertThat(contoso.isWithin(contoso)).isTrue();
    assertThat(contoso.isWithin(DnsName.ROOT)).isTrue();
    assertThat(DnsName.of("notcontoso.test").isWithin(contoso)).isFalse();
    assertThat(DnsName.of("test").isWithin(contoso)).isFalse();
    assertThat(DnsName.ofLabels(List.of("x.contoso", "test")).isWithin(contoso)).isFalse();
  }

  @Test
  void theRootIsADot() {
    assertThat(DnsName.of(".")).isSameAs(DnsName.ROOT);
    assertThat(DnsName.ROOT.wire()).containsExactly(0);
    assertThat(DnsName.ROOT.labels()).isEmpty();
  }
}
