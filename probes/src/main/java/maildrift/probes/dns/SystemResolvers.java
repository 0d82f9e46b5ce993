package maildrift.probes.dns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The resolvers that this machine is set up with. */
public final class SystemResolvers {
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

  private SystemResolvers() {}

  /** As resolv.conf(5) has it: the machine's own resolver when nothing is written there. */
  public static List<DnsServer> find() {
    try {
      return parse(Files.readString(RESOLV_CONF, StandardCharsets.ISO_8859_1));
    } catch (IOException _) {
      return parse("");
    }
  }

  static List<DnsServer> parse(String text) {
    var servers = new ArrayList<DnsServer>();
    for (var line : text.lines().toList()) {
      var words = line.strip().split("\\s+", 3);
      if (words.length >= 2 && words[0].equals("nameserver")) {
        try {
          servers.add(DnsServer.parse(words[1]));
        } catch (IllegalArgumentException _) {
          // The C library skips such a line too.
        }
      }
    }
    return servers.isEmpty() ? List.of(DnsServer.parse("127.0.0.1")) : List.copyOf(servers);
  }
}
