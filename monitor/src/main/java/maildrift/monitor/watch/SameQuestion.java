package maildrift.monitor.watch;

import com.google.re2j.Pattern;
import java.util.Optional;
import java.util.Set;

/**
 * The command with which a person asks what maildrift asked in vain. It is pasted into a shell:
 * nothing gets into it but names, types, addresses and ports that are checked letter by letter.
 */
public final class SameQuestion {
  private static final Pattern RECORD =
      Pattern.compile("([A-Za-z0-9_*][A-Za-z0-9._*-]*|[.]) ([A-Z][A-Z0-9]{0,9})( and [A-Z]+)?");
  private static final Pattern PLACE =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+\\]):([0-9]{1,5})( .*)?");
  private static final Pattern PAGE = Pattern.compile("https://[A-Za-z0-9][A-Za-z0-9._:/~%-]*");
  private static final Pattern SERVER =
      Pattern.compile("from (?:([0-9.]+)|\\[([0-9A-Fa-f:.]+)\\]):([0-9]{1,5})");

  private static final int DNS = 53;
  private static final int SMTP = 25;
  private static final int SUBMISSION = 587;
  private static final Set<Integer> SPEAKS_FIRST = Set.of(SMTP, SUBMISSION, 2525);

  private SameQuestion() {}

  /**
   * @param unseen as in a gap: {@code contoso.tld TXT}, {@code mx.example.net:25}, an address
   * @param why names the server that did not answer, perhaps
   * @return empty where there is no such command
   */
  static Optional<String> of(String probe, String unseen, String why) {
    var record = RECORD.matcher(unseen);
    if (record.matches()) {
      var signed = probe.equals("dnssec") || probe.equals("dane") ? "+dnssec " : "";
      return Optional.of("dig " + server(why) + signed + record.group(1) + " " + record.group(2));
    }
    var place = PLACE.matcher(unseen);
    if (place.matches()) {
      return Optional.of(connect(place.group(1), Integer.parseInt(place.group(2))));
    }
    return PAGE.matches(unseen) ? Optional.of("curl -sv " + unseen) : Optional.empty();
  }

  /** Whether a resolver answers at all. */
  public static String dig(String host, int port, String name) {
    return "dig " + server(host, port) + name + " SOA";
  }

  private static String server(String why) {
    var named = SERVER.matcher(why);
    if (!named.find()) {
      return "";
    }
    var host = named.group(1) == null ? named.group(2) : named.group(1);
    return server(host, Integer.parseInt(named.group(3)));
  }

  private static String server(String host, int port) {
    return "@" + host + (port == DNS ? " " : " -p " + port + " ");
  }

  private static String connect(String host, int port) {
    var isName = !host.startsWith("[");
    return "openssl s_client "
        + (SPEAKS_FIRST.contains(port) ? "-starttls smtp " : "")
        + "-connect "
        + (isName ? host + ":" + port : "'" + host + ":" + port + "'")
        + (isName ? " -servername " + host : "")
        + " </dev/null";
  }
}
