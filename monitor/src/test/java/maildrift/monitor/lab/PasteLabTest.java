package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.Paste;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Do the programs that the lists are for take them? */
@Tag("lab")
class PasteLabTest {
  private static final Paste.Heading HEADING =
      new Paste.Heading("_netblocks.provider.test, \"$other`\n", Instant.EPOCH);

  /** Among them an overlap, halves of one network, a single address and neighbours. */
  private static final List<Cidr> NETWORKS =
      Stream.of(
              "192.0.2.0/24",
              "192.0.2.128/25",
              "198.51.100.7/32",
              "198.51.100.8/29",
              "203.0.113.0/25",
              "203.0.113.128/25",
              "2001:db8:1::/48",
              "2001:db8:2::/49",
              "2001:db8:2:8000::/49",
              "::ffff:203.0.113.0/120")
          .map(Cidr::parse)
          .toList();

  @TempDir Path folder;

  @Test
  void postfixLooksAddressesUpInTheTable() throws IOException {
    Programs.require("postmap");
    var table = write("gateway.cidr", Paste.POSTFIX);
    Files.writeString(folder.resolve("main.cf"), "compatibility_level = 3.6\n");

    for (var accepted : List.of("192.0.2.200", "198.51.100.7", "203.0.113.255", "2001:db8:2::1")) {
      var ran = asked(table, accepted);
      assertThat(ran.output().strip()).as(accepted).isEqualTo("OK");
      assertThat(ran.exit()).isZero();
    }
    var stranger = asked(table, "198.51.100.6");
    assertThat(stranger.output()).isEmpty();
    assertThat(stranger.exit()).isOne();
  }

  @Test
  void nftablesLoadsTheSets() throws IOException {
    Programs.require("nft");
    Programs.requireRoot();
    var rules = write("gateway.nft", Paste.NFTABLES);

    var ran = Programs.tryTo(folder, "", "nft", "-c", "-f", rules.toString());

    assertThat(ran.output()).isEmpty();
    assertThat(ran.exit()).isZero();
  }

  private Programs.Ran asked(Path table, String address) {
    return Programs.tryTo(
        folder, "", "postmap", "-c", folder.toString(), "-q", address, "cidr:" + table);
  }

  private Path write(String name, Paste format) throws IOException {
    return Files.writeString(folder.resolve(name), format.text(HEADING, NETWORKS) + "\n");
  }
}
