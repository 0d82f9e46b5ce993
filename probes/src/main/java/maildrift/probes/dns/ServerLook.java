package maildrift.probes.dns;

import java.util.List;

/**
 * What one server said to several questions.
 *
 * @param overUdp in the questions' order
 * @param overTcp in the questions' order
 */
public record ServerLook(DnsServer server, List<Said> overUdp, List<Said> overTcp) {
  public ServerLook {
    overUdp = List.copyOf(overUdp);
    overTcp = List.copyOf(overTcp);
    if (overUdp.size() != overTcp.size()) {
      throw new IllegalArgumentException("the same questions are asked over UDP and over TCP");
    }
  }
}
