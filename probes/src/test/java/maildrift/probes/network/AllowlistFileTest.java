package maildrift.probes.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AllowlistFileTest {

  @Test
  void readsOneNetworkALineWithComments() {
    var file =
        AllowlistFile.parse(
            """
            # Mimecast de
            192.0.2.0/24

              198.51.100.7   # the web shop
            2001:db8::/32\t
            """);

    assertThat(file.problems()).isEmpty();
    assertThat(file.entries())
        .extracting(Cidr::toString)
        .containsExactly("192.0.2.0/24", "198.51.100.7/32", "2001:db8::/32");
  }

  @Test
  void readsTheAcceptingLinesOfAPostfixTableAndWindowsLineEnds() {
    var file = AllowlistFile.parse("\uFEFF192.0.2.0/24 OK\r\n198.51.100.0/24\tpermit known\r\n");

    assertThat(file.problems()).isEmpty();
    assertThat(file.entries()).hasSize(2);
  }

  @Test
  void namesEveryLineThatItCannotRead() {
    var file =
        AllowlistFile.parse(
            """
            192.0.2.1/24
            192.0.2.0/24 REJECT
              mail.example.test
            192.0.2.0/24, 198.51.100.0/24
            203.0.113.0/24
            """);

    assertThat(file.problems())
        .extracting(AllowlistFile.Problem::toString)
        .containsExactly(
            "line 1: '192.0.2.1/24' has host bits set; the network is 192.0.2.0/24",
            "line 2: 'REJECT' after 192.0.2.0/24: one network a line is expected, or a line of a Postfix cidr: table that accepts (OK, PERMIT)",
            "line 3: 'mail.example.test' is not an IP address or CIDR network",
            "line 4: '198.51.100.0/24' after 192.0.2.0/24,: one network a line is expected, or a line of a Postfix cidr: table that accepts (OK, PERMIT)");
    assertThat(file.problems().get(1).column()).isEqualTo(14);
    assertThat(file.problems().get(2).column()).isEqualTo(3);
    assertThat(file.entries()).extracting(Cidr::toString).containsExactly("203.0.113.0/24");
  }

  @Test
  void stopsEarlyAtSomethingElseThanAList() {
    var file = AllowlistFile.parse("<html>\n".repeat(100_000));

    assertThat(file.problems()).hasSize(20);
    assertThat(AllowlistFile.parse("x".repeat(1_000_000)).problems().getFirst().message())
        .hasSizeLessThan(120);
  }
}
