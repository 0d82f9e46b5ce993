package maildrift.probes.dns;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
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
      var words = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings().splitToList(line);
      if (words.size() >= 2 && words.getFirst().equals("nameserver")) {
        try {
          servers.add(DnsServer.parse(words.get(1)));
        } catch (IllegalArgumentException _) {
          // The C library skips such a line too.
        }
      }
    }
    return servers.isEmpty() ? List.of(DnsServer.parse("127.0.0.1")) : List.copyOf(servers);
  }
}
