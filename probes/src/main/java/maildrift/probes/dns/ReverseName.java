package maildrift.probes.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** The name under which an address has its PTR record (RFC 1035 §3.5, RFC 3596 §2.5). */
public final class ReverseName {

  private ReverseName() {}

  public static DnsName of(InetAddress address) {
    var octets = address.getAddress();
    var labels = new ArrayList<String>();
    for (var i = octets.length - 1; i >= 0; i--) {
      if (octets.length == 4) {
        labels.add(Integer.toString(octets[i] & 0xff));
      } else {
        labels.add(Integer.toHexString(octets[i] & 0xf));
        labels.add(Integer.toHexString((octets[i] >> 4) & 0xf));
      }
    }
    labels.addAll(List.of(octets.length == 4 ? "in-addr" : "ip6", "arpa"));
    return DnsName.ofLabels(labels);
  }
}
